// confirmation_text.cpp: a confirmation in sentences.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/confirmation.hpp"
#include "figures/progress.hpp"

namespace atelier {
namespace {

/// Decimal places that show two digits of the doubt, in the unit that is shown.
int places_of(double half_width, ScoreKind kind) {
  const double doubt = kind.share ? 100 * half_width : half_width;
  if (!std::isfinite(doubt) || !(doubt > 0)) return kind.share ? 2 : 4;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(doubt))), kind.share ? 1 : 0, kind.share ? 3 : 8);
}

std::string size(double difference, int places, ScoreKind kind) {
  return fmt::format("{:.{}f}{}", kind.share ? 100 * difference : difference, places, kind.share ? " points" : "");
}

std::string joined(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string best_set_sentence(const Confirmation& c, std::span<const std::string> names) {
  std::vector<std::string> set;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < c.scores.size(); i++) {
    compared += c.scores[i].trained == c.seeds;
    if (c.scores[i].in_best_set) set.push_back(names[i]);
  }
  const std::string few = c.seeds < 5 ? "; it takes five seeds to tell any apart" : "";
  if (set.empty()) return "None of them gave a value with every seed, so none is the best.";
  if (compared == 1) return fmt::format("Only {} gave a value with every seed: there is nothing to compare.", set[0]);
  if (set.size() == compared)
    return fmt::format("{} {} cannot be told apart with {} seeds{}.", compared == 2 ? "Both" : "All",
                       compared == 2 ? "of them" : std::to_string(compared), c.seeds, few);
  if (set.size() > 1)
    return fmt::format("{} of {} cannot be told apart: {}. The rest are worse than the best of these.", set.size(),
                       compared, joined(set));
  std::size_t next = c.scores.size();  // the one that comes closest
  for (std::size_t i = 0; i < c.scores.size(); i++)
    if (c.scores[i].behind && (next == c.scores.size() || c.scores[i].behind->mean < c.scores[next].behind->mean))
      next = i;
  const ConfirmedScore& second = c.scores[next];
  return fmt::format("{} is the best of {}: {} better than {}, the next, with {} of {} seeds.", set[0], compared,
                     difference_text(*second.behind, c.kind), names[next], second.worse, c.seeds);
}

/// What the best set cannot be trusted for; empty where nothing speaks against it.
std::string uneven_sentence(const Confirmation& c, std::span<const std::string> names) {
  std::vector<std::string> uneven;
  for (std::size_t i = 0; i < c.scores.size(); i++)
    if (c.scores[i].uneven) uneven.push_back(names[i]);
  if (uneven.empty()) return {};
  return fmt::format(
      "Against {} one seed lies far out: where trainings collapse now and then, the comparison can leave out the truly "
      "best more often than in 5 % of cases.",
      joined(uneven));
}

std::string luck_sentence(const Confirmation& c) {
  const std::string first = score_text(c.first[0], c.luck.half_width(), c.kind);
  const std::size_t trained = c.scores.front().trained;
  if (trained < 2) return fmt::format("The winner's first score, {}, has nothing to be held against.", first);
  const bool above = (c.luck.mean >= 0) == c.kind.maximize;  // which way the score itself lies
  const MeanInterval shown = c.luck.mean >= 0 ? c.luck : MeanInterval{-c.luck.mean, -c.luck.high, -c.luck.low};
  const std::string apart = difference_text(shown, c.kind);
  if (c.luck.low <= 0 && c.luck.high >= 0)
    return fmt::format("The winner's first score, {}, is within noise of what it repeats with {} seeds: {} {}.", first,
                       trained, apart, above ? "above" : "below");
  return fmt::format("The winner's first score, {}, was {} {} what it repeats with {} seeds.", first, apart,
                     above ? "above" : "below", trained);
}

std::string lead_sentence(const Confirmation& c, std::span<const std::string> names) {
  const MeanInterval& again = c.lead->again;
  const std::string first = size(c.lead->first, places_of(again.half_width(), c.kind), c.kind);
  const std::string text = fmt::format("Its lead over {}, {} at first, is {} when repeated", names[1], first,
                                       difference_text(again, c.kind));
  return text + (again.low <= 0 && again.high >= 0 ? ": within noise." : ".");
}

}  // namespace

std::string score_text(double score, double doubt, ScoreKind kind) {
  const int places = places_of(doubt, kind);
  return kind.share ? fmt::format("{:.{}f} %", 100 * score, places) : fmt::format("{:.{}f}", score, places);
}

std::string score_text(const MeanInterval& score, ScoreKind kind) {
  if (std::isnan(score.mean)) return "–";
  const double half = score.half_width();
  std::string text = score_text(score.mean, half, kind);
  if (std::isfinite(half) && half > 0)
    text += fmt::format(" ± {:.{}f}", kind.share ? 100 * half : half, places_of(half, kind));
  return text;
}

std::string difference_text(const MeanInterval& difference, ScoreKind kind) {
  const int places = places_of(difference.half_width(), kind);
  const double unit = kind.share ? 100 : 1;
  return fmt::format("{} ({:.{}f} to {:.{}f})", size(difference.mean, places, kind), unit * difference.low, places,
                     unit * difference.high, places);
}

std::vector<std::string> in_words(const Confirmation& c, std::span<const std::string> names) {
  std::vector<std::string> sentences;
  if (c.scores.size() > 1) sentences.push_back(best_set_sentence(c, names));
  if (auto doubt = uneven_sentence(c, names); !doubt.empty()) sentences.push_back(std::move(doubt));
  sentences.push_back(luck_sentence(c));
  if (c.lead) sentences.push_back(lead_sentence(c, names));
  for (std::size_t i = 0; i < c.scores.size(); i++)
    if (c.scores[i].trained < c.seeds)
      sentences.push_back(fmt::format("{} gave no value with {} of {} seeds, so it is not compared.", names[i],
                                      c.seeds - c.scores[i].trained, c.seeds));
  return sentences;
}

}  // namespace atelier
