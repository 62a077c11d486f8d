// trial_plan.cpp: plans out and in.
#include "experiment/detail/trial_plan.hpp"

#include <fmt/format.h>

namespace atelier::detail {

using json = nlohmann::ordered_json;

JsonText text_of(const TrialPlan& plan) {
  json text{{"configuration", to_json(plan.configuration)},
            {"origin", name_of(plan.origin)},
            {"sampler", plan.sampler},
            {"until", plan.until}};
  if (plan.retried > 0) text["retried"] = plan.retried;
  return text.dump();
}

Result<TrialPlan> plan_of(const Run& trial) {
  try {
    const json text = json::parse(trial.plan);
    auto configuration = configuration_from_json(nlohmann::json(text.at("configuration")));
    if (!configuration) return pass_on(configuration);
    return TrialPlan{*std::move(configuration), origin_of(text.value("origin", "")).value_or(Origin::sampler),
                     text.value("sampler", ""), text.value("until", 0), text.value("retried", 0)};
  } catch (const json::exception& e) {
    return fail(Trouble::file, fmt::format("the record of trial {} is damaged", trial.id), e.what(),
                fmt::format("`atelier runs delete {}`, and the sweep tries it anew", trial.id));
  }
}

}  // namespace atelier::detail
