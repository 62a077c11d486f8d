// sweep_parts.hpp: what the figures of a sweep share: axes, trials, and the sentences about what they were made from.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/sweep_table.hpp"
#include "figures/figure.hpp"

namespace atelier::detail {

using json = nlohmann::ordered_json;

/// A figure of the sweep without data; its caption says what was measured, on what, and how many trials there are.
Figure sweep_figure(const SweepTable& table, std::string_view figure, std::string_view kind);

json axis_of(const SweepTable::Parameter& parameter);
json axis_of(const SweepTable::Metric& metric);
json goal_of(const SweepTable& table);
json json_of(const SweepTable::Trial& trial);
/// A parameter's value: a number, the text of a category, or null.
json json_of(const SweepTable::Parameter& parameter, const std::optional<double>& value);

/// "best 89.6 % ± 0.4 at trial 43 of 100"; what is missing where there is no best.
std::string best_sentence(const SweepTable& table);
/// "activation tanh, batch size 32": what a trial tried of these parameters.
std::string settings_of(const SweepTable& table, const SweepTable::Trial& trial,
                        const std::vector<std::size_t>& parameters);
/// "1 trial", "3 trials".
std::string count_of(std::size_t count, std::string_view thing);

/// What varies, of the trials that a figure shows, and the sentence about what does not; none where all varies.
std::optional<std::string> constants_sentence(const SweepTable& table, const std::vector<std::size_t>& varying);
/// How trials count that did not train to their end; none where all did.
std::optional<std::string> unfinished_sentence(const SweepTable& table);
/// That a search which goes by results ranks and does not prove; none where values were drawn whatever came out.
std::optional<std::string> adaptive_sentence(const SweepTable& table);
/// Adds the sentences that are there.
void add_words(Figure& figure, std::initializer_list<std::optional<std::string>> sentences);

/// Title of a figure that would compare trials of which none has a value.
inline constexpr const char* kNothingYet = "no trial has a value yet";

}  // namespace atelier::detail
