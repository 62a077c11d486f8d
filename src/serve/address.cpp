// address.cpp: a request's target is taken apart and decoded once.
#include "serve/address.hpp"

#include <algorithm>

namespace atelier {
namespace {

std::unexpected<Error> broken(std::string detail) {
  return fail(Trouble::usage, "the address cannot be read", std::move(detail));
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// Decodes %XX; in a query "+" is a blank.
std::optional<std::string> decoded(std::string_view text, bool query) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += query && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto high = i + 1 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

/// The length of the UTF-8 letter that `text` begins with; 0 when it begins with none (RFC 3629).
std::size_t letter(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first < 0xF0) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0, surrogate = first == 0xED && byte(1) >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first < 0xF5) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90, beyond = first == 0xF4 && byte(1) >= 0x90;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = letter(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_piece(const std::string& piece) {
  return !piece.empty() && piece != "." && piece != ".." && is_utf8(piece) && std::ranges::none_of(piece, is_control) &&
         piece.find_first_of("/\\") == std::string::npos;
}

/// Calls `each` with what stands between the separators.
template <class Each>
bool split(std::string_view text, char separator, const Each& each) {
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (!each(text.substr(0, end))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<std::string_view> Address::find(std::string_view name) const {
  for (const auto& [own, value] : query)
    if (own == name) return value;
  return std::nullopt;
}

Result<Address> parse_address(std::string_view text) {
  if (!text.starts_with('/')) return broken("it must begin with /");
  const std::size_t question = std::min(text.find('?'), text.size());
  Address target;
  const std::string_view path = text.substr(1, question - 1);
  const bool sound = path.empty() || split(path, '/', [&](std::string_view piece) {
                       auto plain = decoded(piece, false);
                       if (!plain || !is_piece(*plain)) return false;
                       target.path.push_back(*std::move(plain));
                       return true;
                     });
  if (!sound) return broken("a piece of the path is empty, or has what no name has");
  if (question + 1 >= text.size()) return target;
  const bool readable = split(text.substr(question + 1), '&', [&](std::string_view part) {
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = decoded(part.substr(0, equals), true);
    auto value = decoded(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value) || target.find(*name)) return false;
    target.query.emplace_back(*std::move(name), *std::move(value));
    return true;
  });
  if (!readable) return broken("a part of the query is broken, or given twice");
  return target;
}

}  // namespace atelier
