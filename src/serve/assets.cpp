// assets.cpp: the page's files with their types and tags.
#include "serve/assets.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/sha256.hpp"
#include "serve/beneath.hpp"

namespace atelier {
namespace {

constexpr std::size_t kLargest = std::size_t{16} << 20;  // of a file from a folder
constexpr std::string_view kIndex = "index.html";

std::string_view type_of(std::string_view name) {
  static constexpr std::array kTypes = std::to_array<std::pair<std::string_view, std::string_view>>({
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
  });
  for (const auto& [ending, type] : kTypes)
    if (name.ends_with(ending)) return type;
  return "application/octet-stream";
}

std::string tag_of(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kDigits = 24;
  return '"' + to_hex(sha256(bytes)).substr(0, kDigits) + '"';
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Whether a client has this very version, or takes any.
bool has_it(const Request& request, const std::string& tag) {
  const std::string_view known = request.header("if-none-match").value_or("");
  return known == "*" || known.find(tag) != known.npos;
}

bool takes_gzip(const Request& request) {
  return request.header("accept-encoding").value_or("").find("gzip") != std::string_view::npos;
}

}  // namespace

Assets::Assets(std::span<const Asset> embedded, std::filesystem::path folder, std::string token)
    : folder_(std::move(folder)), token_(std::move(token)) {
  for (const Asset& asset : embedded)
    embedded_.emplace(asset.name, Still{asset.bytes, asset.gzip, tag_of(asset.bytes)});
}

Result<std::string> Assets::text_of(std::string_view name) const {
  if (folder_.empty()) {
    const auto found = embedded_.find(name);
    if (found == embedded_.end()) return fail(Trouble::file, "this program was built without its page");
    const auto bytes = found->second.bytes;
    return std::string(bytes.begin(), bytes.end());
  }
  const auto file = open_beneath(folder_, name);
  if (!file) return pass_on(file);
  return read_at(*file, 0, static_cast<std::size_t>(std::min<std::uint64_t>(file->stamp.size, kLargest)));
}

// The token is fresh with every start, so the page is never kept.
Response Assets::page() const {
  auto text = text_of(kIndex);
  if (!text) return error_response(404, text.error());
  const std::size_t head = text->find("<head>");
  if (head != text->npos) text->insert(head + 6, "<meta name=\"atelier-token\" content=\"" + token_ + "\">");
  return {200, {{"content-type", std::string(type_of(kIndex))}, {"cache-control", "no-store"}}, *std::move(text)};
}

Response Assets::answer(const Request& request, const Address& target) const {
  std::string name;
  for (const std::string& piece : target.path) name += (name.empty() ? "" : "/") + piece;
  if (target.path.empty() || name == kIndex || target.path.back().find('.') == std::string::npos) return page();
  Response response{200, {{"content-type", std::string(type_of(name))}, {"cache-control", "no-cache"}}};
  std::string tag;
  if (folder_.empty()) {
    const auto found = embedded_.find(name);
    if (found == embedded_.end()) return not_found("there is nothing at this address");
    if (found->second.gzip && !takes_gzip(request))
      return error_response(406, Error{Trouble::usage, "this file is sent with gzip only", {}, {}});
    if (found->second.gzip) response.headers.push_back({"content-encoding", "gzip"});
    response.body = found->second.bytes;
    tag = found->second.tag;
  } else {
    auto text = text_of(name);
    if (!text) return not_found("there is nothing at this address");
    tag = tag_of(bytes_of(*text));
    response.body = *std::move(text);
  }
  response.headers.push_back({"etag", tag});
  if (has_it(request, tag)) response.status = 304, response.body = std::string();
  return response;
}

}  // namespace atelier
