// gate_test.cpp: every route by every method, host, origin and token, against one table.
#include "serve/gate.hpp"

#include <fmt/format.h>

#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;

struct Case {
  const char* name;
  std::vector<HeaderLine> headers;
};
const std::vector<Case> kHosts{{"ours", {{"host", kHost}}},
                               {"its other name", {{"host", "localhost:6174"}}},
                               {"none", {}},
                               {"two", {{"host", kHost}, {"host", kHost}}},
                               {"another", {{"host", "evil.example:6174"}}},
                               {"another port", {{"host", "127.0.0.1:80"}}},
                               {"no port", {{"host", "127.0.0.1"}}},
                               {"ours within", {{"host", "127.0.0.1:6174.evil.example"}}}};
const std::vector<Case> kOrigins{
    {"none", {}},
    {"ours", {{"origin", "http://" + kHost}}},
    {"another", {{"origin", "http://evil.example"}}},
    {"null", {{"origin", "null"}}},
    {"https", {{"origin", "https://" + kHost}}},
    {"ours within", {{"origin", "http://127.0.0.1:6174.evil.example"}}},
    {"two", {{"origin", "http://" + kHost}, {"origin", "http://evil.example"}}},
    {"loaded by another", {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "no-cors"}}},
    {"another port's", {{"sec-fetch-site", "same-site"}, {"sec-fetch-mode", "cors"}}}};
const std::vector<Case> kTokens{{"none", {}},
                                {"ours", {{"x-atelier-token", kToken}}},
                                {"wrong", {{"x-atelier-token", std::string(64, 'b')}}},
                                {"cut short", {{"x-atelier-token", kToken.substr(1)}}},
                                {"empty", {{"x-atelier-token", ""}}},
                                {"two", {{"x-atelier-token", kToken}, {"x-atelier-token", kToken}}},
                                {"cookie", {{"cookie", "a=b; atelier-6174=" + kToken}}}};
const std::vector<std::string> kMethods{"GET",    "HEAD",    "POST",  "PATCH", "PUT",
                                        "DELETE", "OPTIONS", "TRACE", "get",   "FOO"};

/// The table: what comes of host, origin, method and token, in words.
int status_of(const std::string& host, const std::string& origin, const std::string& method, const std::string& token,
              bool loopback) {
  if (host == "none" || host == "two") return 400;
  if (host != "ours" && host != "its other name") return 403;
  if (origin != "none" && origin != "ours") return 403;
  if (method != "GET" && method != "HEAD" && method != "POST" && method != "PATCH") return 405;
  if (token == "ours") return 200;
  const bool reads = method == "GET" || method == "HEAD";
  return reads && (loopback || token == "cookie") ? 200 : 401;
}

TEST(Gate, HoldsEveryRouteAgainstMethodHostOriginAndToken) {
  std::vector<std::string> paths{"/", "/index.html", "/assets/app.js", "/api/nothing"};
  for (const Route& route : routes()) paths.emplace_back(route.pattern);
  int walked = 0;
  for (const bool loopback : {true, false})
    for (const std::string& path : paths)
      for (const Case& host : kHosts)
        for (const Case& origin : kOrigins)
          for (const Case& token : kTokens)
            for (const std::string& method : kMethods) {
              Request request{method, path, host.headers};
              for (const auto* more : {&origin.headers, &token.headers})
                request.headers.insert(request.headers.end(), more->begin(), more->end());
              const auto refused = turned_away({{kHost, "localhost:6174"}, kToken, loopback}, request);
              ASSERT_EQ(refused ? refused->status : 200,
                        status_of(host.name, origin.name, method, token.name, loopback))
                  << fmt::format("{} {}, host {}, origin {}, token {}, loopback {}", method, path, host.name,
                                 origin.name, token.name, loopback);
              ++walked;
            }
  EXPECT_EQ(walked,
            static_cast<int>(2 * paths.size() * kHosts.size() * kOrigins.size() * kTokens.size() * kMethods.size()));
}

TEST(Gate, TheWholeSiteStandsBehindIt) {
  Served served;
  for (const Route& route : routes()) {
    std::string path(route.pattern);
    for (const auto& [piece, id] : {std::pair<std::string, std::string>{"{run}", "a"},
                                    {"{sweep}", "s"},
                                    {"{artifact}", "model"},
                                    {"{figure}", "curves"}})
      if (const auto at = path.find(piece); at != path.npos) path.replace(at, piece.size(), id);
    Request request{std::string(route.method), path, {{"host", "evil.example"}, {"x-atelier-token", kToken}}, "{}"};
    EXPECT_EQ(served.ask(request).status, 403) << path;
    request.headers = {{"host", kHost}, {"origin", "http://evil.example"}, {"x-atelier-token", kToken}};
    EXPECT_EQ(served.ask(request).status, 403) << path;
    request.headers = {{"host", kHost}, {"content-type", "application/json"}};
    EXPECT_EQ(served.ask(request).status == 401, route.method != "GET") << path;
    request.method = "DELETE";
    EXPECT_EQ(served.ask(request).status, 405) << path;
  }
}

TEST(Gate, ALinkMayLeadToThePageButNothingElseMayLoadIt) {
  const Gate gate{{kHost}, kToken};
  Request request = get("/runs");
  request.headers.insert(request.headers.end(), {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}});
  EXPECT_TRUE(turned_away(gate, request));
  request.headers.push_back({"sec-fetch-dest", "iframe"});
  EXPECT_TRUE(turned_away(gate, request));
  request.headers.back().value = "document";
  EXPECT_FALSE(turned_away(gate, request));
  request.method = "POST";
  EXPECT_TRUE(turned_away(gate, request));
}

TEST(Gate, AVisitFromElsewherePutsTheTokenIntoACookie) {
  const Gate gate{{kHost}, kToken, false};
  const auto visit = welcomed(gate, get("/?token=" + kToken));
  ASSERT_TRUE(visit);
  EXPECT_EQ(visit->status, 303);
  EXPECT_EQ(visit->header("location"), "/");
  EXPECT_EQ(visit->header("set-cookie"), "atelier-6174=" + kToken + "; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_FALSE(welcomed(gate, get("/?token=" + kToken.substr(1))));
  EXPECT_FALSE(welcomed(gate, get("/?token=")));
  EXPECT_FALSE(welcomed({{kHost}, kToken, true}, get("/?token=" + kToken)));
  Request rebound = get("/?token=" + kToken);
  rebound.headers[0].value = "evil.example";
  EXPECT_FALSE(welcomed(gate, rebound));
}

TEST(Gate, TokensAreLongAndNeverTheSame) {
  const auto one = value(new_token()), other = value(new_token());
  EXPECT_EQ(one.size(), 64u);
  EXPECT_NE(one, other);
  EXPECT_TRUE(same_secret(one, one));
  EXPECT_FALSE(same_secret(one, other));
  EXPECT_FALSE(same_secret("", ""));
}

TEST(Gate, EveryAnswerSaysWhatABrowserMayDoWithIt) {
  Served served;
  for (const char* target : {"/api/runs", "/api/nothing", "/..", "/"}) {
    const Response response = served.ask(target);
    EXPECT_TRUE(response.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
    EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(response.header("x-frame-options"), "DENY");
    EXPECT_EQ(response.header("referrer-policy"), "no-referrer");
    EXPECT_EQ(response.header("access-control-allow-origin"), "");
  }
}

}  // namespace
}  // namespace atelier
