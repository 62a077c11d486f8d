// catalog.hpp: the update rules by name; the schedules come with it.
#pragma once
#include <span>
#include <string_view>

#include "optim/any_rule.hpp"
#include "optim/schedule.hpp"

namespace atelier {

/// All update rules, in the order of the documentation, with their presets.
std::span<const AnyRule> update_rules();
/// The rule called `name`; an error that names the nearest.
Result<AnyRule> update_rule(std::string_view name);
/// The rules as a listing shows them.
std::span<const CatalogEntry> optimizer_catalog();

}  // namespace atelier
