// check_gradients.cpp: `atelier check-gradients` holds back-propagation against central differences.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/all_commands.hpp"
#include "figures/progress.hpp"
#include "figures/table.hpp"
#include "nn/gradient_check.hpp"

namespace atelier::cli {
namespace {

constexpr double kLimit = 1e-6;  // of |a - n| / max(1, |a|, |n|)

/// The worst error of each group of checks, in the order in which the groups first come.
class Worst {
 public:
  void add(const std::string& group, const GradientCheck& check) {
    const auto [place, fresh] = index_.try_emplace(group, rows_.size());
    if (fresh) rows_.push_back({group, 0, 0, 0});
    Row& row = rows_[place->second];
    row.worst = std::max(row.worst, check.worst);
    row.networks++, row.parameters += check.parameters;
  }
  std::string table(const std::string& title, const Terminal& terminal) const {
    Table table{{{title}, {"networks", Align::right}, {"parameters", Align::right}, {"largest error", Align::right}},
                {}};
    for (const Row& row : rows_)
      table.rows.push_back({row.group, grouped(row.networks), grouped(row.parameters),
                            fmt::format("{:.1e}{}", row.worst, row.worst < kLimit ? "" : "  wrong")});
    return to_text(table, terminal);
  }

 private:
  struct Row {
    std::string group;
    double worst;
    std::uint64_t networks, parameters;
  };
  std::vector<Row> rows_;
  std::map<std::string, std::size_t> index_;
};

void print_tables(const std::vector<GradientCheck>& checks, const Console& console) {
  Worst layers, activations, losses, initialisers;
  for (const GradientCheck& check : checks) {
    layers.add(check.layers, check);
    activations.add(check.activation, check);
    losses.add(check.loss, check);
    initialisers.add(check.initialiser, check);
  }
  const Terminal& terminal = console.out_terminal;
  console.out << layers.table("layers", terminal) << '\n'
              << activations.table("activation", terminal) << '\n'
              << losses.table("loss", terminal) << '\n'
              << initialisers.table("initialiser", terminal) << '\n';
}

nlohmann::ordered_json json_of(const GradientCheck& check) {
  return {{"network", check.network}, {"layers", check.layers},           {"activation", check.activation},
          {"loss", check.loss},       {"initialiser", check.initialiser}, {"parameters", check.parameters},
          {"worst", check.worst},     {"worst_at", check.worst_at},       {"right", check.worst < kLimit}};
}

Result<void> run(bool json, const Console& console) {
  auto checks = check_gradients(1);
  if (!checks) return pass_on(checks);
  if (!json) print_tables(*checks, console);
  std::uint64_t parameters = 0;
  for (const GradientCheck& check : *checks) {
    if (json) console.out << json_of(check).dump() << '\n';
    parameters += check.parameters;
  }
  const auto worst = std::ranges::max_element(*checks, {}, &GradientCheck::worst);
  // Written so that an error that is no number counts as wrong.
  const auto wrong = std::ranges::find_if(*checks, [](const GradientCheck& check) { return !(check.worst < kLimit); });
  if (wrong != checks->end())
    return fail(Trouble::model, "a gradient is wrong",
                fmt::format("{} with {} and {}: off by {:.1e} at {}", wrong->network, wrong->loss, wrong->initialiser,
                            wrong->worst, wrong->worst_at),
                "back-propagation and central differences must agree to 1e-6");
  if (!json)
    console.out << wrapped(fmt::format("all {} gradients of {} networks are right: the largest error is {:.1e}, "
                                       "allowed is {:.0e}",
                                       grouped(parameters), grouped(checks->size()), worst->worst, kLimit),
                           console.out_terminal)
                << '\n';
  return {};
}

}  // namespace

Command check_gradients_command() {
  return {"check-gradients",
          "Understand",
          "[--json]",
          "back-propagation against central differences, in double",
          {"atelier check-gradients"},
          [] {
            auto json = std::make_shared<bool>(false);
            return Prepared{{{"--json", "", "one JSON object a network", json.get(), false}},
                            [json](Console& console) { return run(*json, console); }};
          }};
}

}  // namespace atelier::cli
