// gate.cpp: Host, Origin, method and token are checked.
#include "serve/gate.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>

#include "base/sha256.hpp"

namespace atelier {
namespace {

constexpr std::array<std::string_view, 4> kMethods{"GET", "HEAD", "POST", "PATCH"};

Response refuse(int status, std::string summary, std::string hint = {}) {
  return error_response(status, Error{Trouble::usage, std::move(summary), {}, std::move(hint)});
}

bool reads(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

bool is_ours(const Gate& gate, std::string_view host) {
  return std::ranges::find(gate.hosts, host) != gate.hosts.end();
}

/// Pages of ours, and addresses that a person typed or followed, but nothing that another page loads or sends.
bool from_elsewhere(const Gate& gate, const Request& request) {
  if (request.count("origin") > 0) {
    const auto origin = request.header("origin");
    if (!origin || !origin->starts_with("http://") || !is_ours(gate, origin->substr(7))) return true;
  }
  if (request.count("sec-fetch-site") == 0) return false;
  const auto site = request.header("sec-fetch-site");
  if (site == "same-origin" || site == "none") return false;
  return !reads(request) || request.header("sec-fetch-mode") != "navigate" ||
         request.header("sec-fetch-dest") != "document";
}

/// The value of a cookie.
std::string_view cookie_of(const Request& request, std::string_view name) {
  std::string_view rest = request.header("cookie").value_or("");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view one = rest.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) return one.substr(name.size() + 1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace

std::string Gate::cookie() const {
  const std::string& host = hosts.empty() ? std::string() : hosts.front();  // cookies do not tell ports apart
  return "atelier-" + host.substr(host.rfind(':') + 1);
}

Result<std::string> new_token() {
  std::array<std::uint8_t, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return fail(Trouble::file, "the system gives no random numbers");
  return to_hex(bytes);
}

bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return difference == 0;
}

std::optional<Response> turned_away(const Gate& gate, const Request& request) {
  if (request.count("host") != 1) return refuse(400, "a request names its host, once");
  if (!is_ours(gate, *request.header("host")))
    return refuse(403, "this server does not go by that name", "open the address that `atelier ui` has printed");
  if (from_elsewhere(gate, request)) return refuse(403, "another page may not ask here");
  if (std::ranges::find(kMethods, request.method) == kMethods.end()) {
    Response refused = refuse(405, "no route has this method");
    refused.headers.push_back({"allow", "GET, HEAD, POST, PATCH"});
    return refused;
  }
  if (same_secret(request.header("x-atelier-token").value_or(""), gate.token)) return std::nullopt;
  if (reads(request) && (gate.loopback || same_secret(cookie_of(request, gate.cookie()), gate.token)))
    return std::nullopt;
  return refuse(401, "the token is missing or wrong",
                reads(request) ? "open the address that `atelier ui` has printed, with its token"
                               : "load the page again: the server may have been started anew");
}

std::optional<Response> welcomed(const Gate& gate, const Request& request) {
  constexpr std::string_view kVisit = "/?token=";
  if (gate.loopback || request.method != "GET" || !request.target.starts_with(kVisit)) return std::nullopt;
  if (!is_ours(gate, request.header("host").value_or("")) || from_elsewhere(gate, request)) return std::nullopt;
  if (!same_secret(std::string_view(request.target).substr(kVisit.size()), gate.token)) return std::nullopt;
  return Response{303,
                  {{"location", "/"},
                   {"cache-control", "no-store"},
                   {"set-cookie", gate.cookie() + "=" + gate.token + "; Path=/; HttpOnly; SameSite=Strict"}},
                  std::string()};
}

void add_safety(Response& response) {
  // Charts set style attributes on what they draw; no style sheet and no script of another origin, nor in the page.
  constexpr std::string_view kPolicy =
      "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: "
      "blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";
  const std::array<HeaderLine, 6> all{{{"content-security-policy", std::string(kPolicy)},
                                       {"x-content-type-options", "nosniff"},
                                       {"x-frame-options", "DENY"},
                                       {"referrer-policy", "no-referrer"},
                                       {"cross-origin-resource-policy", "same-origin"},
                                       {"cross-origin-opener-policy", "same-origin"}}};
  response.headers.insert(response.headers.end(), all.begin(), all.end());
}

}  // namespace atelier
