// store_fixture.hpp: a store of each kind under test. A new store joins by one line in kStores.
#pragma once
#include <array>

#include "track/detail/testing.hpp"

namespace atelier::testing {

struct StoreKind {
  const char* name;
  std::unique_ptr<Store> (*open)(const std::filesystem::path&, const StoreOptions&);
};
inline const std::array<StoreKind, 1> kStores{{{"sqlite", &opened}}};

class StoreTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  Folder folder_;
  std::shared_ptr<HandClock> clock_ = std::make_shared<HandClock>();
  std::unique_ptr<Store> store_ = open();

  std::unique_ptr<Store> open() const { return GetParam().open(folder_.path, {.clock = clock_}); }
  Ticket begin(const std::string& id, const JsonText& config = "{}") {
    return value(store_->begin_run({.id = id, .config = config}, "w")).ticket;
  }
  Acceptance record(const Progress& news) { return value(store_->record({&news, 1})).at(0); }
  void summarise(const std::string& id, const JsonText& config, const JsonText& summary) {
    EXPECT_EQ(value(store_->end(begin(id, config), {.summary = summary})), Acceptance::accepted);
  }
  std::vector<std::string> where(const std::string& filter) { return ids(value(store_->runs({.where = filter}))); }
  std::string refusal(const std::string& filter) {
    const auto found = store_->runs({.where = filter});
    return found ? "accepted" : found.error().summary + " / " + found.error().detail + " / " + found.error().hint;
  }
  std::string sweep(int trials) {
    const auto made = value(store_->create_sweep({.name = "s", .config = R"({"method":"random"})"}));
    std::vector<NewTrial> all;
    for (int i = 0; i < trials; ++i) all.push_back({i, "t" + std::to_string(i), R"({"lr":0.1})", R"({"until":3})"});
    EXPECT_EQ(value(store_->add_trials(made.id, all)), trials);
    return made.id;
  }
  std::optional<Claim> claim(const std::string& sweep) { return value(store_->claim(sweep, "w")); }
};

}  // namespace atelier::testing
