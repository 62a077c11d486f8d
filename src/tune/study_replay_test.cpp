// study_replay_test.cpp: whoever trains, in whatever order and however many at once, a study decides the same.
#include <gtest/gtest.h>

#include <ostream>
#include <queue>

#include "tune/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing_tune;

/// A plan to hold against the promise: a method, a rule, a number of virtual workers.
struct Case {
  std::string method;
  std::optional<StoppingRule> rule;
  const char* rule_name;
  std::uint64_t seed;
  std::optional<double> target = {};
};

StudyPlan plan_of(const Case& c) {
  const StudyPlan plan{.space = course(),
                       .method = c.method,
                       .stopping = c.rule,
                       .seed = c.seed,
                       .budget = c.method == "gp" ? 16u : 30u,
                       .parallel = 1 + static_cast<int>(c.seed % 4),
                       .target = c.target,
                       .enqueued = {{{"epochs", std::int64_t{9}},
                                     {"optimizer", std::string("adam")},
                                     {"rate", 0.01},
                                     {"width", std::int64_t{32}}}}};
  return plan;
}

Study study_of(const Case& c) { return *Study::create(plan_of(c), effort_of); }

/// Real workers of uneven speed, who take what is to be trained in the order in which it was decided. Reports arrive late,
/// in any order, and some of them twice.
class Pool {
 public:
  Pool(Study& study, const World& world, int workers, std::uint64_t seed)
      : study_(study), world_(world), random_(seed, 77), idle_(workers) {}

  Transcript run() {
    take(study_.decide());
    while (!happenings_.empty()) {
      const Happening next = happenings_.top();
      happenings_.pop();
      now_ = next.time;
      if (next.report) {
        next.report->tell(study_);
        transcript_.reports.push_back(*next.report);
      } else {
        idle_++;
      }
      take(study_.decide());
    }
    transcript_.finish(study_);
    return transcript_;
  }

 private:
  /// A report that arrives, or a worker who has done its order.
  struct Happening {
    double time;
    std::uint64_t order;
    std::optional<Report> report = {};
    bool operator<(const Happening& other) const { return std::pair(time, order) > std::pair(other.time, other.order); }
  };

  double chance() { return random_.uniform(drawn_++); }

  void take(const std::vector<Decision>& decisions) {
    transcript_.note(decisions);
    for (const Decision& decision : decisions)
      if (decision.kind == Decision::Kind::train) orders_.push_back(decision);
    while (idle_ > 0 && next_ < orders_.size()) work_at(orders_[next_++]);
  }

  void work_at(const Decision& order) {
    idle_--;
    double time = now_;
    for (const Report& report : train(world_, study_.trials()[order.trial], order.until, done_[order.trial])) {
      time += 0.1 + chance();
      happenings_.push({time + 3 * chance(), sent_++, report});
      if (chance() < 0.1) happenings_.push({time + 9 * chance(), sent_++, report});
    }
    happenings_.push({time, sent_++});
  }

  Study& study_;
  const World& world_;
  Philox random_;
  int idle_;
  double now_ = 0;
  std::uint64_t drawn_ = 0, sent_ = 0;
  std::size_t next_ = 0;
  std::vector<Decision> orders_;
  std::map<std::uint64_t, int> done_;
  std::priority_queue<Happening> happenings_;
  Transcript transcript_;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.method << " with " << c.rule_name << ", seed " << c.seed; }

class AnyStudy : public testing::TestWithParam<Case> {};

TEST_P(AnyStudy, DecidesTheSameWhoeverTrains) {
  const World world;
  Study alone = study_of(GetParam());
  const Transcript expected = work_through(alone, world);
  ASSERT_TRUE(expected.over);
  ASSERT_FALSE(expected.ending.empty());
  for (int workers = 1; workers <= 8; workers += workers < 3 ? 1 : 2) {
    Study study = study_of(GetParam());
    const Transcript seen = Pool(study, world, workers, GetParam().seed + static_cast<unsigned>(workers)).run();
    EXPECT_EQ(seen.decisions, expected.decisions) << workers << " workers";
    EXPECT_EQ(seen.trials, expected.trials) << workers << " workers";
    EXPECT_EQ(seen.ending, expected.ending);
  }
}

TEST_P(AnyStudy, GoesOnTheSameAfterAnInterruptionAnywhere) {
  const World world;
  Study alone = study_of(GetParam());
  const Transcript expected = work_through(alone, world);
  const std::size_t stride = GetParam().method == "gp" ? 41 : 17;
  for (std::size_t cut = 0; cut <= expected.reports.size(); cut += stride)
    for (const bool recalled : {false, true}) {
      Study before = study_of(GetParam());
      for (std::size_t i = 0; i < cut; i++) expected.reports[i].tell(before), before.decide();
      before.decide();

      Study after = study_of(GetParam());
      if (recalled)
        for (const Trial& t : before.trials()) after.recall(t.configuration, t.origin, t.sampler, t.until);
      for (std::size_t i = cut; i-- > 0;) expected.reports[i].tell(after);
      Transcript seen;
      seen.note(after.decide());
      for (std::size_t i = cut; i < expected.reports.size(); i++) {
        expected.reports[i].tell(after);
        seen.note(after.decide());
      }
      seen.finish(after);
      EXPECT_EQ(seen.decisions, expected.decisions) << "cut at " << cut;
      EXPECT_EQ(seen.trials, expected.trials) << "cut at " << cut;
    }
}

std::vector<Case> cases() {
  const std::pair<const char*, std::optional<StoppingRule>> rules[] = {
      {"none", std::nullopt},
      {"hyperband", Hyperband{.min_iter = 1, .eta = 2}},
      {"asha", Asha{.min_epochs = 1, .max_epochs = 0, .eta = 2}},
      {"median", MedianRule{.startup_trials = 3, .warmup_epochs = 1}}};
  std::vector<Case> all;
  std::uint64_t seed = 1;
  for (const char* method : {"random", "grid", "sobol", "tpe", "gp"})
    for (const auto& [name, rule] : rules) all.push_back({method, rule, name, seed++});
  for (const auto& [name, rule] : rules) all.push_back({"random", rule, name, seed++, 1.2});
  return all;
}

INSTANTIATE_TEST_SUITE_P(Plans, AnyStudy, testing::ValuesIn(cases()), [](const auto& one) {
  return one.param.method + "_" + one.param.rule_name + (one.param.target ? "_target" : "");
});

TEST(StudyRecall, SparesTheSampler) {
  const Case c{"tpe", std::nullopt, "", 3};
  Study study = study_of(c);
  const Configuration known = {
      {"epochs", std::int64_t{4}}, {"optimizer", std::string("sgd")}, {"rate", 0.5}, {"width", std::int64_t{48}}};
  const Configuration other = {
      {"epochs", std::int64_t{4}}, {"optimizer", std::string("sgd")}, {"rate", 0.25}, {"width", std::int64_t{48}}};
  study.recall(plan_of(c).enqueued[0], Origin::enqueued, "", 9);
  study.recall(known, Origin::audit, "random", 4);
  study.recall(other, Origin::sampler, "someone", 4);
  work_through(study, {});
  EXPECT_EQ(study.trials()[1].configuration, known);
  EXPECT_EQ(study.trials()[1].origin, Origin::audit);
  EXPECT_EQ(study.trials()[2].sampler, "someone") << "no sampler has this name, so none was asked";
}

}  // namespace
}  // namespace atelier
