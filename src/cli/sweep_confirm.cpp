// sweep_confirm.cpp: the table of the winners, and their event.
#include "cli/sweep_confirm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "figures/table.hpp"

namespace atelier::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr int kNarrow = 56, kMiddle = 86, kWide = 110;  // cells of a window from which a further column has room
constexpr int kUnseen = 200;                            // of a page that nobody looks at: a file, a pipe

json interval_json(const MeanInterval& x) {
  json text{{"mean", x.mean}};
  if (std::isfinite(x.low)) text["low"] = x.low, text["high"] = x.high;
  return text;
}

json winner_json(const ConfirmationReport& report, std::size_t i) {
  const Confirms::Winner& winner = report.confirms.winners[i];
  const ConfirmedScore& score = report.result.scores[i];
  json line{{"trial", winner.trial},
            {"run", winner.run},
            {"configuration", to_json(winner.configuration)},
            {"first", winner.first},
            {"again", interval_json(score.score)},
            {"scores", json::array()},
            {"in_best_set", score.in_best_set}};
  for (const double value : report.scores[i]) line["scores"].push_back(value);  // not a number: null
  if (score.trained < report.result.seeds) return line;
  line["p_best"] = score.p_best;
  if (!score.behind) return line;
  line["behind"] = interval_json(*score.behind);
  line["worse"] = score.worse;
  line["p"] = score.p;
  line["p_holm"] = score.p_holm;
  return line;
}

std::string verdict(const Confirmation& result, std::size_t i) {
  const ConfirmedScore& score = result.scores[i];
  if (result.best == i) return "best";
  if (score.trained < result.seeds) return fmt::format("{} of {} seeds", score.trained, result.seeds);
  return score.in_best_set ? "not told apart" : "worse";
}

/// "0.31 points (0.10 to 0.52), 9 of 10": and in how many seeds.
std::string behind_text(const Confirmation& result, std::size_t i) {
  const ConfirmedScore& score = result.scores[i];
  if (!score.behind) return "–";
  return fmt::format("{}, {} of {}", difference_text(*score.behind, result.kind), score.worse, result.seeds);
}

/// By what they repeat, those without all values last.
std::vector<std::size_t> order(const Confirmation& result) {
  std::vector<std::size_t> rows(result.scores.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
    const ConfirmedScore &x = result.scores[a], &y = result.scores[b];
    if ((x.trained == result.seeds) != (y.trained == result.seeds)) return x.trained == result.seeds;
    return result.kind.maximize ? x.score.mean > y.score.mean : x.score.mean < y.score.mean;
  });
  return rows;
}

std::string table_text(const ConfirmationReport& report, const Terminal& terminal) {
  const Confirmation& result = report.result;
  const bool first = terminal.width >= kNarrow, behind = terminal.width >= kMiddle, name = terminal.width >= kWide;
  Table table{{{"trial"}}, {}};
  if (first) table.columns.push_back({"first", Align::right});
  table.columns.insert(table.columns.end(), {{"again"}, {""}});
  if (behind) table.columns.push_back({"behind the best"});
  if (name) table.columns.push_back({"configuration"});
  const auto names = report.names();
  for (const std::size_t i : order(result)) {
    const ConfirmedScore& score = result.scores[i];
    std::vector<std::string>& row = table.rows.emplace_back(std::vector{names[i]});
    if (first) row.push_back(score_text(result.first[i], score.score.half_width(), result.kind));
    row.push_back(score_text(score.score, result.kind));
    row.push_back(verdict(result, i));
    if (behind) row.push_back(behind_text(result, i));
    if (name) row.push_back(report.confirms.winners[i].name);
  }
  return to_text(table, terminal);
}

}  // namespace

json confirmation_event(const ConfirmationReport& report) {
  const Confirmation& result = report.result;
  json event{{"event", "confirmation"},
             {"sweep", report.confirms.sweep},
             {"confirmation", report.id},
             {"metric", report.objective.metric},
             {"seeds", report.confirms.seeds}};
  if (result.best) event["best"] = report.confirms.winners[*result.best].trial;
  event["best_set"] = json::array();
  event["winners"] = json::array();
  for (std::size_t i = 0; i < result.scores.size(); i++) {
    if (result.scores[i].in_best_set) event["best_set"].push_back(report.confirms.winners[i].trial);
    event["winners"].push_back(winner_json(report, i));
  }
  if (!std::isnan(result.luck.mean)) event["luck"] = interval_json(result.luck);
  if (result.lead) event["lead"] = {{"first", result.lead->first}, {"again", interval_json(result.lead->again)}};
  event["words"] = in_words(result, report.names());
  return event;
}

std::string confirmation_text(const ConfirmationReport& report, const Terminal& terminal) {
  Terminal room = terminal;
  if (!terminal.interactive) room.width = std::max(room.width, kUnseen);
  std::string text = table_text(report, room);
  text += "\n";
  for (const std::string& sentence : in_words(report.result, report.names()))
    text += wrapped(sentence, terminal) + "\n";
  return text;
}

}  // namespace atelier::cli
