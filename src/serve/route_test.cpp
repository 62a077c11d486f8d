// route_test.cpp: what each route answers, and what it refuses.
#include "serve/route.hpp"

#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;

class RouteTest : public ::testing::Test {
 protected:
  nlohmann::json json(const std::string& target, int status = 200) { return json(get(target), status); }
  nlohmann::json json(const Request& request, int status = 200) {
    const Response response = served_.ask(request);
    EXPECT_EQ(response.status, status) << request.target << " " << response.text();
    EXPECT_EQ(response.header("content-type"), "application/json");
    return json_of(response);
  }
  std::string refusal(const Request& request, int status) {
    return json(request, status)["error"].value("summary", std::string());
  }

  Served served_;
};

TEST_F(RouteTest, TheWorkspaceIntroducesItself) {
  const auto answer = json("/api/workspace");
  EXPECT_EQ(answer["name"], served_.place.folder.filename().string());
  EXPECT_EQ(answer["read_only"], false);
  EXPECT_EQ(answer["token"], kToken);
  EXPECT_EQ(json("/api/columns")["columns"].size(), value(served_.place.store->columns()).size());
}

TEST_F(RouteTest, RunsAreATableOfTheColumnsAskedFor) {
  const auto table = json("/api/runs?columns=id,val_loss,state,lr&sort=id&descending=true&limit=2");
  EXPECT_EQ(table["columns"], (nlohmann::json{"id", "val_loss", "state", "lr"}));
  EXPECT_EQ(table["total"], 4);
  EXPECT_EQ(table["rows"], nlohmann::json::parse(R"([["s-1",null,"queued",2],["s-0",null,"queued",1]])"));
  EXPECT_EQ(json("/api/runs?columns=id&sort=id&limit=2&offset=2")["rows"].size(), 2u);
  EXPECT_EQ(json("/api/runs?columns=id&where=val_loss%20%3C%200.3")["rows"], nlohmann::json::parse(R"([["a"]])"));
  EXPECT_EQ(json("/api/runs?columns=id&where=val_loss%20%3C%200.3")["total"], 1);
  EXPECT_EQ(json("/api/runs")["columns"], json("/api/columns")["columns"]);
}

TEST_F(RouteTest, WhatARouteDoesNotKnowIsRefusedByName) {
  EXPECT_EQ(refusal(get("/api/runs?colour=red"), 400), "this address takes no \"colour\"");
  EXPECT_EQ(refusal(get("/api/runs?limit=-1"), 400), "limit must be a whole number from 0 to 100000");
  EXPECT_EQ(refusal(get("/api/runs?limit=1e3"), 400), "limit must be a whole number from 0 to 100000");
  EXPECT_EQ(refusal(get("/api/runs?descending=yes"), 400), "descending must be true or false");
  EXPECT_NE(refusal(get("/api/runs?where=(("), 400), "");
  EXPECT_NE(refusal(get("/api/runs?columns=nobody"), 400), "");
  EXPECT_EQ(refusal(get("/api/runs/nobody"), 404), "there is no run \"nobody\"");
  EXPECT_EQ(refusal(get("/api/sweeps/nobody"), 404), "there is no sweep \"nobody\"");
  for (const char* part : {"/history", "/series", "/log", "/artifacts/model", "/figures/curves", "/samples"})
    EXPECT_EQ(refusal(get(std::string("/api/runs/nobody") + part), 404), "there is no run \"nobody\"") << part;
  EXPECT_EQ(refusal(get("/api"), 404), "there is nothing at this address");
  EXPECT_EQ(refusal(get("/api/runs/a/history/more"), 404), "there is nothing at this address");
  const Response wrong = served_.ask(with_body("POST", "/api/runs/a", "{}"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, PATCH");
}

TEST_F(RouteTest, PathsAreIdsAndNeverLeaveTheWorkspace) {
  for (const char* bad : {"/api/runs/..", "/api/runs/%2e%2e/log", "/api/runs/a%2f..%2fb", "/api/runs/a%5c..",
                          "/api/runs/a;b", "/api/runs/-a", "/api/runs/a%00", "/api/runs/a/artifacts/..%2fsecret.txt",
                          "/api/runs/a/artifacts/%252e%252e", "/assets/../secret.txt", "/..%2fsecret.txt"})
    EXPECT_GE(served_.ask(bad).status, 400) << bad;
  for (const char* bad : {"climbing", "absolute", "linked"})
    EXPECT_EQ(served_.ask(std::string("/api/runs/a/artifacts/") + bad).status, 404) << bad;
  const Response file = served_.ask("/api/runs/a/artifacts/model");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.length(), 5u);
  EXPECT_EQ(file.header("content-disposition"), "attachment; filename=\"a-model.bin\"");
  EXPECT_EQ(file.header("content-type"), "application/octet-stream");
}

TEST_F(RouteTest, HostileNamesAreTextAndNothingElse) {
  const auto run = json("/api/runs/a");
  EXPECT_EQ(run["name"], "<script>alert(1)</script>\"'&\r\nset-cookie: x=1\xef\xbf\xbd\x01");
  const Response raw = served_.ask("/api/runs/a");
  EXPECT_EQ(raw.header("set-cookie"), "");
  EXPECT_EQ(raw.text().find('\n'), std::string::npos);
  const auto table = json("/api/runs?columns=name,notes,tags&where=id%20%3D%20%22a%22");
  EXPECT_EQ(table["rows"][0][0], run["name"]);
}

TEST_F(RouteTest, ARunIsToldInFull) {
  const auto run = json("/api/runs/a");
  EXPECT_EQ(run["state"], "finished");
  EXPECT_EQ(run["config"]["lr"], 0.1);
  EXPECT_EQ(run["summary"]["val_loss"], 0.25);
  EXPECT_EQ(run["artifacts"].size(), 4u);
  const auto history = json("/api/runs/a/history");
  EXPECT_EQ(history, nlohmann::json::parse(
                         R"({"names":["val_accuracy","val_loss"],"epochs":[1,2],"values":[[null,0.5],[null,0.25]]})"));
  EXPECT_EQ(json("/api/runs/a/history?after=1")["epochs"], nlohmann::json{2});
  EXPECT_EQ(json("/api/runs/a/log"), nlohmann::json::parse(R"({"text":"zeile äöü\n","from":0,"next":13,"size":13})"));
  EXPECT_EQ(json("/api/runs/a/log?from=6")["text"], "äöü\n");
  EXPECT_EQ(json("/api/runs/b/log")["size"], 0);
}

TEST_F(RouteTest, SeriesComeInBuckets) {
  const auto all = json("/api/runs/a/series?names=train_loss&buckets=10000");
  EXPECT_EQ(all["width"], 1);
  ASSERT_EQ(all["series"]["train_loss"].size(), 1000u);
  EXPECT_EQ(all["series"]["train_loss"][499], nlohmann::json::parse("[500,null,null,null]"));
  EXPECT_FALSE(all["series"].contains("learning_rate"));
  const auto few = json("/api/runs/a/series?buckets=10&from=100&to=199");
  EXPECT_EQ(few["width"], 16);
  EXPECT_EQ(few["series"]["learning_rate"][0], nlohmann::json::parse("[111,0.1,0.1,0.1]"));
  EXPECT_EQ(few["series"]["train_loss"][0][3], 0.01);
  EXPECT_TRUE(json("/api/runs/a/series?stream=none")["series"].empty());
}

TEST_F(RouteTest, SweepsAreToldWithTheirTrials) {
  const auto sweeps = json("/api/sweeps")["sweeps"];
  ASSERT_EQ(sweeps.size(), 1u);
  EXPECT_EQ(sweeps[0]["id"], "s");
  EXPECT_EQ(sweeps[0]["metric"], "val_loss");
  EXPECT_EQ(sweeps[0]["counts"]["queued"], 2);
}

TEST_F(RouteTest, NotesAndTagsAreWritten) {
  const auto changed = json(with_body("PATCH", "/api/runs/b", R"({"name":"n","notes":"wider","add_tags":["x","y"]})"));
  EXPECT_EQ(changed["name"], "n");
  EXPECT_EQ(changed["tags"], (nlohmann::json{"x", "y"}));
  EXPECT_EQ(json(with_body("PATCH", "/api/runs/b", R"({"remove_tags":["x"]})"))["tags"], nlohmann::json{"y"});
  EXPECT_EQ(json("/api/runs/b")["notes"], "wider");
  EXPECT_EQ(refusal(with_body("PATCH", "/api/runs/nobody", "{}"), 404), "there is no run \"nobody\"");
  for (const char* bad : {"", "[]", "{", R"({"name":1})", R"({"colour":"x"})", R"({"add_tags":"x"})",
                          R"({"add_tags":[""]})", R"({"add_tags":[1]})"})
    EXPECT_EQ(served_.ask(with_body("PATCH", "/api/runs/b", bad)).status, 400) << bad;
  EXPECT_EQ(served_.ask(with_body("PATCH", "/api/runs/b", R"({"name":")" + std::string(200'000, 'x') + "\"}")).status,
            400);
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_EQ(served_.ask(with_body("PATCH", "/api/runs/b", deep)).status, 400);
  Request form = with_body("PATCH", "/api/runs/b", "{}");
  form.headers.back().value = "text/plain";
  EXPECT_EQ(served_.ask(form).status, 415);
}

TEST_F(RouteTest, DeletingHasToSayWhetherItIsMeant) {
  EXPECT_EQ(served_.ask(with_body("POST", "/api/runs/delete", R"({"ids":["a"]})")).status, 400);
  const auto dry = json(with_body("POST", "/api/runs/delete", R"({"ids":["a"],"dry_run":true})"));
  EXPECT_EQ(dry["runs"], nlohmann::json{"a"});
  EXPECT_GT(dry["bytes"], 0);
  EXPECT_EQ(json("/api/runs/a")["id"], "a");
  json(with_body("POST", "/api/runs/delete", R"({"ids":["a"],"dry_run":false})"));
  EXPECT_EQ(served_.ask("/api/runs/a").status, 404);
  EXPECT_FALSE(std::filesystem::exists(served_.place.folder / "a"));
}

TEST_F(RouteTest, ASweepIsPausedAndStopped) {
  const auto put = [&](const std::string& state) {
    return served_.ask(with_body("POST", "/api/sweeps/s/state", R"({"state":")" + state + "\"}")).status;
  };
  EXPECT_EQ(put("paused"), 200);
  EXPECT_EQ(value(served_.place.store->sweep("s")).state, SweepState::paused);
  EXPECT_EQ(put("stopped"), 200);
  EXPECT_EQ(put("finished"), 400);
  EXPECT_EQ(put("queued"), 400);
  EXPECT_TRUE(served_.place.store->update_sweep("s", {.state = SweepState::finished}));
  EXPECT_EQ(put("paused"), 409);
}

TEST_F(RouteTest, WhatIsReadOnlyIsReadAndNeverWritten) {
  Served other;
  const auto site = value(Site::open({other.place.folder, {}, true}, kToken));
  EXPECT_EQ(site->answer(other.gate, get("/api/runs/a")).status, 200);
  for (const Route& route : routes()) {
    if (route.changes == Changes::nothing) continue;
    std::string path(route.pattern);
    for (const auto& [piece, id] : {std::pair<std::string, std::string>{"{run}", "a"}, {"{sweep}", "s"}})
      if (const auto at = path.find(piece); at != path.npos) path.replace(at, piece.size(), id);
    EXPECT_EQ(site->answer(other.gate, with_body(std::string(route.method), path, "{}")).status, 403) << path;
  }
}

TEST_F(RouteTest, ThePageHasItsTokenAndFilesHaveTheirTags) {
  served_.place.write("assets/index.html", "<!doctype html><html><head><title>x</title></head></html>");
  served_.place.write("assets/app-1.js", "let x;");
  const Response page = served_.ask("/runs/a?sort=x");
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_NE(page.text().find("<head><meta name=\"atelier-token\" content=\"" + kToken + "\">"), std::string::npos);
  EXPECT_EQ(page.header("cache-control"), "no-store");
  const Response script = served_.ask("/app-1.js");
  EXPECT_EQ(script.text(), "let x;");
  EXPECT_EQ(script.header("content-type"), "text/javascript; charset=utf-8");
  Request again = get("/app-1.js");
  again.headers.push_back({"if-none-match", std::string(script.header("etag"))});
  EXPECT_EQ(served_.ask(again).status, 304);
  EXPECT_EQ(served_.ask("/app-2.js").status, 404);
  EXPECT_EQ(served_.ask(with_body("POST", "/", "{}")).status, 405);
}

TEST_F(RouteTest, EmbeddedFilesAreSentCompressed) {
  const std::string bytes = "\x1f\x8b squeezed";
  const Asset asset{"app.js", {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, true};
  const Assets assets({&asset, 1}, {}, kToken);
  Request request = get("/app.js");
  const Address target = value(parse_address("/app.js"));
  EXPECT_EQ(assets.answer(request, target).status, 406);
  request.headers.push_back({"accept-encoding", "br, gzip"});
  const Response response = assets.answer(request, target);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-encoding"), "gzip");
  EXPECT_EQ(response.length(), bytes.size());
}

}  // namespace
}  // namespace atelier
