// wire.cpp: status line and headers.
#include "serve/detail/wire.hpp"

#include <fmt/format.h>

namespace atelier::detail {

std::string head_of(const Response& response, bool keep_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  const auto add = [&](std::string_view name, std::string value) {
    for (char& c : value)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
  };
  for (const HeaderLine& header : response.headers) add(header.name, header.value);
  if (const auto length = response.length(); length && response.status != 304)
    add("content-length", fmt::format("{}", *length));
  add("connection", keep_alive && response.length() ? "keep-alive" : "close");
  return head + "\r\n";
}

}  // namespace atelier::detail
