// testing.hpp: for the tests of a study: a small world to train in, and ways to train.
#pragma once
#include <fmt/format.h>

#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/math.hpp"
#include "base/random.hpp"
#include "tune/study.hpp"

namespace atelier::testing_tune {

/// A word's bits as a random number in [0, 1) of its own.
inline double chance_of(const std::string& text, std::uint64_t use) {
  std::uint64_t mark = 14695981039346656037u;
  for (const char c : text) mark = (mark ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return Philox(mark, use).uniform(0);
}

/// A course-like space without end: lists, a range, and trainings of two lengths.
inline Space course() {
  Choice optimizer, epochs{{std::int64_t{4}, std::int64_t{9}}, {}, true};
  for (const char* name : {"adam", "nadam", "sgd"}) optimizer.values.emplace_back(std::string(name));
  return {{{"epochs", epochs},
           {"optimizer", optimizer},
           {"rate", Numeric{.shape = Numeric::Shape::log_uniform, .low = 1e-4, .high = 1}},
           {"width", Numeric{.low = 16, .high = 128, .step = 16, .integer = true}}}};
}

/// Whole numbers from 0.
inline Space numbers(std::int64_t count) {
  return {{{"n", Numeric{.low = 0, .high = static_cast<double>(count - 1), .integer = true}}}};
}

/// A space of 12.
inline Space dozen() {
  return {{{"a", Choice{{std::int64_t{1}, std::int64_t{2}, std::int64_t{3}}, {}, true}},
           {"b", Choice{{std::string("x"), std::string("y"), std::string("z"), std::string("w")}}}}};
}

/// Epochs as the configuration says, wider networks cost more, and those of width 112 cannot be built.
inline Result<Effort> effort_of(const Configuration& configuration) {
  const auto whole = [&](const char* name, std::int64_t preset) {
    const auto at = configuration.find(name);
    return at == configuration.end() ? preset : std::get<std::int64_t>(at->second);
  };
  const std::int64_t width = whole("width", 16);
  if (width == 112) return fail(Trouble::usage, "no network is 112 wide", "found width 112");
  return Effort{static_cast<int>(whole("epochs", 4)), 0.3 + static_cast<double>(width) / 64};
}

/// What training a configuration shows. Some diverge, some end early, some have a loss that is no number.
struct World {
  bool mishaps = true;

  double loss(const Configuration& configuration, int epoch) const {
    const std::string mark = fingerprint(configuration);
    if (mishaps && epoch >= 2 && chance_of(mark, 1) < 0.06) return std::numeric_limits<double>::quiet_NaN();
    const auto rate = configuration.find("rate");
    const double off = rate == configuration.end() ? 0 : math::log(std::get<double>(rate->second)) + 4;
    return 0.1 * off * off + chance_of(mark, 2) + 2.0 / epoch +
           0.2 * chance_of(mark, 100 + static_cast<unsigned>(epoch));
  }
  /// After how many epochs it ends by itself; and whether it fails then.
  std::optional<std::pair<int, bool>> end(const Configuration& configuration) const {
    const std::string mark = fingerprint(configuration);
    if (!mishaps || chance_of(mark, 3) >= 0.2) return std::nullopt;
    return std::pair(static_cast<int>(4 * chance_of(mark, 4)), chance_of(mark, 5) < 0.6);
  }
};

/// Nothing goes wrong here.
inline const World kCalm{.mishaps = false};

/// A study of a sound plan over configurations of these spaces.
inline Study study_of(StudyPlan plan) { return *Study::create(std::move(plan), effort_of); }

/// One report of a training, to be told once or again.
struct Report {
  std::uint64_t trial;
  int epoch;
  double loss;
  std::optional<std::pair<int, bool>> end = {};

  void tell(Study& study) const {
    if (end)
      study.report_end(trial, end->first, end->second, end->second ? "diverged" : "");
    else
      study.report(trial, epoch, loss);
  }
};

/// Trains a trial from the epochs it has behind it to `until`; `done` keeps those epochs.
inline std::vector<Report> train(const World& world, const Trial& trial, int until, int& done) {
  const auto end = world.end(trial.configuration);
  std::vector<Report> reports;
  while (done < until) {
    if (end && done == end->first) {
      reports.push_back({trial.number, 0, 0, end});
      break;
    }
    done++;
    reports.push_back({trial.number, done, world.loss(trial.configuration, done)});
  }
  return reports;
}

/// Everything about a trial, as text.
inline std::string describe(const Trial& t) {
  std::string losses;
  for (const double loss : t.losses) losses += fmt::format(" {}", loss);
  return fmt::format("{} {} {}{} {} state {} until {} [{} {}] {}:{}", t.number, to_json(t.configuration).dump(),
                     name_of(t.origin), t.audit ? " audit" : "", t.sampler, static_cast<int>(t.state), t.until, t.begun,
                     t.ended, t.reason, losses);
}
inline std::string describe(const Decision& d) {
  static constexpr const char* names[] = {"train", "pause", "stop", "fail", "audit"};
  return fmt::format("{} {} {}", names[static_cast<int>(d.kind)], d.trial, d.until);
}
/// What the study has decided now, in short: "train 0 5; stop 1 3; ".
inline std::string told(Study& study) {
  std::string text;
  for (const Decision& decision : study.decide()) text += describe(decision) + "; ";
  return text;
}
/// How many configurations there are among the trials.
inline std::size_t distinct(std::span<const Trial> trials) {
  std::set<std::string> marks;
  for (const Trial& trial : trials) marks.insert(fingerprint(trial.configuration));
  return marks.size();
}

/// All that a study decided, and what became of its trials.
struct Transcript {
  std::vector<std::string> decisions, trials;
  std::vector<Report> reports;  // in the order they were told
  std::string ending;
  bool over = false;

  void note(const std::vector<Decision>& batch) {
    for (const Decision& decision : batch) decisions.push_back(describe(decision) + " " + decision.reason);
  }
  void finish(const Study& study) {
    for (const Trial& trial : study.trials()) trials.push_back(describe(trial));
    ending = study.ending();
    over = study.over();
  }
};

/// One worker who does as it is told, in order, until all is over or nothing is left to do.
inline Transcript work_through(Study& study, const World& world) {
  Transcript transcript;
  std::map<std::uint64_t, int> done;
  std::vector<Decision> orders = study.decide();
  transcript.note(orders);
  for (std::size_t i = 0; i < orders.size(); i++) {
    if (orders[i].kind != Decision::Kind::train) continue;
    const auto reports = train(world, study.trials()[orders[i].trial], orders[i].until, done[orders[i].trial]);
    for (const Report& report : reports) {
      report.tell(study);
      transcript.reports.push_back(report);
    }
    const auto more = study.decide();
    transcript.note(more);
    orders.insert(orders.end(), more.begin(), more.end());
  }
  transcript.finish(study);
  return transcript;
}

}  // namespace atelier::testing_tune
