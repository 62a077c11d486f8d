// catalog.cpp: the list of update rules. A new rule is one file in rules/ and one line here.
#include "optim/catalog.hpp"

#include <string>

#include "optim/rules/adadelta.hpp"
#include "optim/rules/adagrad.hpp"
#include "optim/rules/adam.hpp"
#include "optim/rules/adamax.hpp"
#include "optim/rules/adamw.hpp"
#include "optim/rules/amsgrad.hpp"
#include "optim/rules/eve.hpp"
#include "optim/rules/lion.hpp"
#include "optim/rules/momentum.hpp"
#include "optim/rules/nadam.hpp"
#include "optim/rules/nesterov.hpp"
#include "optim/rules/rmsprop.hpp"
#include "optim/rules/sgd.hpp"

namespace atelier {

std::span<const AnyRule> update_rules() {
  static const std::vector<AnyRule> rules = {
      Sgd{},     Momentum{}, Nesterov{}, RmsProp{}, Adam{}, Nadam{}, AdamW{},
      AmsGrad{}, Adagrad{},  Adadelta{}, Adamax{},  Lion{}, Eve{},
  };
  return rules;
}

Result<AnyRule> update_rule(std::string_view name) {
  std::vector<std::string_view> names;
  for (const AnyRule& rule : update_rules()) {
    if (rule.name() == name) return rule;
    names.push_back(rule.name());
  }
  return unknown_name("optimizer", name, names, "optimizers");
}

std::span<const CatalogEntry> optimizer_catalog() {
  static const std::vector<CatalogEntry> entries = [] {
    std::vector<CatalogEntry> list;
    for (const AnyRule& rule : update_rules()) list.push_back({rule.name(), rule.summary(), rule.knobs()});
    return list;
  }();
  return entries;
}

Result<void> AnyRule::check_knob(std::string_view rule, const std::vector<KnobInfo>& known, std::string_view knob,
                                 double value) {
  std::vector<std::string_view> names;
  for (const KnobInfo& k : known) {
    if (k.name == knob) {
      const bool inside = (k.open_low ? value > k.low : value >= k.low) && value < k.high;
      if (inside) return {};
      return knob_out_of_range(rule, k, value);
    }
    names.push_back(k.name);
  }
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return fail(Trouble::usage, std::string(rule) + " has no " + std::string(knob), "",
              names.empty() ? std::string(rule) + " has no knobs but the learning rate" : "its knobs are " + list);
}

}  // namespace atelier
