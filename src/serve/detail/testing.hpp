// testing.hpp: what the tests of the room share: a workspace with a sweep and runs, requests in one line.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "serve/route.hpp"
#include "serve/site.hpp"
#include "track/store.hpp"

namespace atelier::testing {

/// The value of a Result; the test fails with the Error's words when there is none.
template <class T>
T value(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << describe(result.error());
    return T{};
  }
  return *std::move(result);
}

inline const std::string kToken(64, 'a');
inline const std::string kHost = "127.0.0.1:6174";
/// What a person with bad intentions may call a run.
inline const std::string kHostile = "<script>alert(1)</script>\"'&\r\nset-cookie: x=1\xff\x01";

/// A workspace with a finished run "a" (two epochs, 1000 steps, a file, a log), a running one "b" and a sweep "s" of two
/// trials; gone at the end.
class Place {
 public:
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "atelier-serve-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    store = value(open_store(folder));
    fill();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    store = nullptr;
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((folder / path).parent_path());
    std::ofstream(folder / path, std::ios::binary) << text;
  }
  Ticket begin(const std::string& id) {
    return value(store->begin_run({.id = id, .config = R"({"lr":0.1,"optimizer":"adam"})"}, "host/1/1/1")).ticket;
  }
  void record(const Progress& news) { EXPECT_TRUE(store->record({&news, 1})); }

  std::filesystem::path folder;
  std::unique_ptr<Store> store;
  Ticket running;

 private:
  void fill() {
    const Ticket a = begin("a");
    Series steps{"step", {"train_loss", "learning_rate"}, {}, {}};
    for (int i = 1; i <= 1000; ++i) {
      steps.at.push_back(i);
      steps.values.push_back(i == 500 ? std::numeric_limits<double>::quiet_NaN() : 1.0 / i);
      steps.values.push_back(0.1);
    }
    record({a,
            {{1, {{"val_loss", 0.5}}}, {2, {{"val_loss", 0.25}, {"val_accuracy", NAN}}}},
            {steps},
            R"({"val_loss":0.25})"});
    write("a/model.bin", "bytes");
    write("a/output.log", "zeile äöü\n");
    write("secret.txt", "secret");
    for (const Artifact& artifact :
         {Artifact{"model", "a/model.bin", "model", 5, ""}, Artifact{"climbing", "../secret.txt", "model", 5, ""},
          Artifact{"absolute", "/etc/passwd", "model", 5, ""}, Artifact{"linked", "a/link", "model", 5, ""}})
      EXPECT_TRUE(store->add_artifact(a, artifact));
    std::filesystem::create_symlink("/etc/passwd", folder / "a/link");
    EXPECT_TRUE(store->end(a, {RunState::finished, "", "{}"}));
    EXPECT_TRUE(store->annotate("a", {.name = kHostile, .notes = kHostile, .add_tags = {kHostile}}));
    running = begin("b");
    EXPECT_TRUE(store->create_sweep({.id = "s", .name = "search", .config = R"({"metric":"val_loss"})"}));
    const NewTrial trials[] = {{0, "t0", R"({"lr":1})"}, {1, "t1", R"({"lr":2})"}};
    EXPECT_TRUE(store->add_trials("s", trials));
  }
};

inline Request get(const std::string& target) { return {"GET", target, {{"host", kHost}}}; }
inline Request with_body(const std::string& method, const std::string& target, const std::string& body) {
  return {method, target, {{"host", kHost}, {"x-atelier-token", kToken}, {"content-type", "application/json"}}, body};
}
inline nlohmann::json json_of(const Response& response) {
  return nlohmann::json::parse(response.text(), nullptr, false);
}

/// A site over a Place, and its gate on loopback.
struct Served {
  Place place;
  std::unique_ptr<Site> site = value(Site::open({place.folder, place.folder / "assets"}, kToken));
  Gate gate{{kHost, "localhost:6174"}, kToken};

  Response ask(const Request& request) { return site->answer(gate, request); }
  Response ask(const std::string& target) { return ask(get(target)); }
};

}  // namespace atelier::testing
