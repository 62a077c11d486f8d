// sweep_file_test.cpp: W&B's schema, kind by kind; what is refused, and in which words; what is warned of.
#include "tune/sweep_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tune/detail/document.hpp"

namespace atelier {
namespace {

constexpr const char* kHead = "method: random\nrun_cap: 5\nparameters:\n";

SweepFile sweep_of(const std::string& text) {
  auto sweep = parse_sweep(text, "s.yaml");
  EXPECT_TRUE(sweep) << (sweep ? "" : describe(sweep.error()));
  return sweep ? *sweep : SweepFile{};
}

Parameter parameter_of(const std::string& lines) {
  const SweepFile sweep = sweep_of(kHead + lines);
  return sweep.space.parameters.empty() ? Parameter{} : sweep.space.parameters[0];
}

Numeric numeric_of(const std::string& lines) {
  const Parameter parameter = parameter_of(lines);
  const auto* numeric = std::get_if<Numeric>(&parameter.domain);
  EXPECT_TRUE(numeric) << lines;
  return numeric ? *numeric : Numeric{};
}

TEST(Scalars, AreReadAsYaml12Has) {
  using detail::plain_scalar;
  EXPECT_EQ(plain_scalar("1e-3"), nlohmann::json(1e-3));
  EXPECT_EQ(plain_scalar("1.5E+2"), nlohmann::json(150.0));
  EXPECT_EQ(plain_scalar(".5"), nlohmann::json(0.5));
  EXPECT_EQ(plain_scalar("-7"), nlohmann::json(-7));
  EXPECT_EQ(plain_scalar("+7"), nlohmann::json(7));
  EXPECT_EQ(plain_scalar("010"), nlohmann::json(10));
  EXPECT_EQ(plain_scalar("0x10"), nlohmann::json(16));
  EXPECT_EQ(plain_scalar("~"), nlohmann::json(nullptr));
  EXPECT_EQ(plain_scalar("True"), nlohmann::json(true));
  for (const char* word : {"on", "yes", "1e", "-", "e5", "1.2.3", "0x", "--1", "inf", "1_000"})
    EXPECT_TRUE(plain_scalar(word).is_string()) << word;
}

TEST(SweepFileReading, TakesAWholeSweep) {
  const SweepFile sweep = sweep_of(R"(# a sweep
program: train.py
method: bayes
name: first
description: a sweep
project: da6401
entity: someone
seed: 7
metric:
  name: val_accuracy
  goal: maximize
  target: 0.95
run_cap: 100
early_terminate:
  type: hyperband
  min_iter: 2
  eta: 2
  strict: false
command: ["${env}", python, "${program}", "${args}"]
parameters:
  optimizer: {values: [sgd, adam]}
  epochs: {values: [5, 10]}
  lr: {distribution: log_uniform_values, min: 1e-4, max: 0.1}
)");
  EXPECT_EQ(sweep.method, "bayes");
  EXPECT_TRUE(sweep.metric && sweep.metric->maximize && sweep.metric->target == 0.95);
  EXPECT_EQ(sweep.run_cap, 100u);
  EXPECT_EQ(sweep.seed, 7u);
  ASSERT_TRUE(sweep.early_terminate);
  const auto& rule = std::get<Hyperband>(*sweep.early_terminate);
  EXPECT_TRUE(rule.min_iter == 2 && rule.eta == 2 && !rule.strict);
  EXPECT_EQ(sweep.command, (std::vector<std::string>{"${env}", "python", "${program}", "${args}"}));
  ASSERT_EQ(sweep.space.parameters.size(), 3u);
  EXPECT_EQ(sweep.space.parameters[0].name, "epochs");
  EXPECT_TRUE(std::get<Choice>(sweep.space.parameters[0].domain).ordered);
  EXPECT_FALSE(std::get<Choice>(sweep.space.parameters[2].domain).ordered);
  EXPECT_EQ(sweep.lines.at("lr"), 23);
  EXPECT_TRUE(sweep.warnings.empty()) << describe(sweep, sweep.warnings[0]);
}

TEST(SweepFileReading, TakesJsonEvenWithTabs) {
  const SweepFile sweep = sweep_of(
      "{\n\t\"method\": \"grid\",\n\t\"parameters\": {\n\t\t\"a\": {\"values\": [1, 2.5, \"x\", true, null, [64, "
      "32]]}\n\t}\n}\n");
  const auto& values = std::get<Choice>(sweep.space.parameters.at(0).domain).values;
  EXPECT_EQ(values,
            (std::vector<Value>{std::int64_t{1}, 2.5, std::string("x"), true, Literal{"null"}, Literal{"[64,32]"}}));
}

TEST(Distributions, AreInferredAsWandbInfers) {
  EXPECT_TRUE(std::holds_alternative<Constant>(parameter_of("  a: {value: 3}\n").domain));
  EXPECT_TRUE(numeric_of("  a: {min: 1, max: 5}\n").integer);
  EXPECT_FALSE(numeric_of("  a: {min: 1.0, max: 5.0}\n").integer);
  EXPECT_FALSE(numeric_of("  a: {min: 1, max: 5.5}\n").integer);
  EXPECT_FALSE(numeric_of("  a: {min: 1e0, max: 5}\n").integer);
  EXPECT_EQ(std::get<Choice>(parameter_of("  a: {values: [x, y], probabilities: [0.3, 0.7]}\n").domain).probabilities,
            (std::vector<double>{0.3, 0.7}));
}

TEST(Distributions, HaveTheirLimitsAndQuanta) {
  using Shape = Numeric::Shape;
  Numeric n = numeric_of("  a: {distribution: log_uniform, min: -9.21, max: 0}\n");
  EXPECT_EQ(n.shape, Shape::log_uniform);
  EXPECT_NEAR(n.low, std::exp(-9.21), 1e-15);
  EXPECT_NEAR(n.high, 1, 1e-15);
  n = numeric_of("  a: {distribution: inv_log_uniform, min: 1, max: 2}\n");
  EXPECT_NEAR(n.low, std::exp(-2.0), 1e-15);
  EXPECT_NEAR(n.high, std::exp(-1.0), 1e-15);
  n = numeric_of("  a: {distribution: q_log_uniform_values, min: 16, max: 256, q: 16}\n");
  EXPECT_TRUE(n.integer && n.step == 16 && n.low == 16);
  n = numeric_of("  a: {distribution: q_uniform, min: 0, max: 1, q: 0.1}\n");
  EXPECT_TRUE(!n.integer && n.step == 0.1);
  n = numeric_of("  a: {distribution: normal}\n");
  EXPECT_TRUE(n.shape == Shape::normal && n.mu == 0 && n.sigma == 1);
  n = numeric_of("  a: {distribution: q_log_normal, mu: 2, sigma: 0.5, q: 2}\n");
  EXPECT_TRUE(n.shape == Shape::log_normal && n.mu == 2 && n.sigma == 0.5 && n.step == 2);
  n = numeric_of("  a: {distribution: beta, a: 2, b: 5}\n");
  EXPECT_TRUE(n.shape == Shape::beta && n.mu == 2 && n.sigma == 5);
  for (const char* form : {"uniform", "int_uniform", "q_uniform", "log_uniform", "log_uniform_values", "q_log_uniform",
                           "q_log_uniform_values", "inv_log_uniform", "inv_log_uniform_values"})
    numeric_of("  a: {distribution: " + std::string(form) + ", min: 1, max: 5}\n");
  for (const char* form : {"normal", "q_normal", "log_normal", "q_log_normal", "beta", "q_beta"})
    numeric_of("  a: {distribution: " + std::string(form) + "}\n");
}

TEST(SweepFileReading, TakesLettersOfEveryScript) {
  EXPECT_EQ(to_text(std::get<Constant>(parameter_of("  a: {value: \"é ß 中 \U0001F9F5\"}\n").domain).value),
            "é ß 中 \U0001F9F5");
}

TEST(NestedParameters, TakeDottedNames) {
  const SweepFile sweep = sweep_of(
      std::string(kHead) +
      "  optimizer:\n    parameters:\n      lr: {min: 0.1, max: 0.2}\n      name: {value: sgd}\n  zeta: {value: 1}\n");
  ASSERT_EQ(sweep.space.parameters.size(), 3u);
  EXPECT_EQ(sweep.space.parameters[0].name, "optimizer.lr");
  EXPECT_EQ(sweep.space.parameters[1].name, "optimizer.name");
}

TEST(Conditions, AreReadFromWhen) {
  const SweepFile sweep = sweep_of(
      std::string(kHead) + "  layers: {min: 1, max: 3}\n  width_2: {values: [32, 64], when: {layers: [2, 3]}}\n");
  const auto& condition = sweep.space.parameters.at(1).condition;
  ASSERT_TRUE(condition);
  EXPECT_EQ(condition->parameter, "layers");
  EXPECT_EQ(condition->values, (std::vector<Value>{std::int64_t{2}, std::int64_t{3}}));
  EXPECT_EQ(cardinality(sweep.space), 5u);
}

struct Refusal {
  const char* text;
  const char* summary;
  const char* hint;
};

TEST(SweepFileRefusals, NameTheLineAndTheWayOut) {
  const Refusal cases[] = {
      {"method: random\nparamters: {a: {value: 1}}\n", "s.yaml:2: unknown key `paramters` in the sweep",
       "did you mean `parameters`?"},
      {"parameters: {a: {value: 1}}\n", "s.yaml:1: the sweep has no method", "add `method: bayes`, or random, or grid"},
      {"method: baies\nparameters: {a: {value: 1}}\n", "s.yaml:1: unknown method `baies`", "did you mean `bayes`?"},
      {"method: bayes\nparameters: {a: {min: 1, max: 3}}\n", "s.yaml:1: method bayes needs a metric",
       "add `metric: {name: val_accuracy, goal: maximize}`"},
      {"method: grid\nparameters:\n  a:\n    distribution: log_unifrom_values\n    min: 1\n    max: 3\n",
       "s.yaml:4: a: unknown distribution `log_unifrom_values`", "did you mean `log_uniform_values`?"},
      {"method: grid\nparameters:\n  v1: {min: 5, max: 3}\n", "s.yaml:3: v1: min 5 is not less than max 3",
       "exchange them"},
      {"method: grid\nparameters:\n  a: {min: 3, max: 3}\n", "s.yaml:3: a: min 3 is not less than max 3",
       "write `value: 3`"},
      {"method: grid\nparameters:\n  a: [1, 2]\n", "s.yaml:3: parameter a must be a map",
       "write `values:` before the list"},
      {"method: grid\nparameters:\n  a: 3\n", "s.yaml:3: parameter a must be a map", "write `a: {value: 3}`"},
      {"method: grid\nparameters:\n  a: {min: 3}\n", "s.yaml:3: a fits no distribution",
       "write `value: x`, `values: [x, y]`, `min:` and `max:`, or name a `distribution:`"},
      {"method: grid\nparameters:\n  a: {values: []}\n", "s.yaml:3: a has no list of values", "write `values: [x, y]`"},
      {"method: grid\nparameters:\n  a: {values: [1, 2], probabilities: [0.5, 0.6]}\n",
       "s.yaml:3: parameter a: its probabilities sum to 1.1, not to 1", ""},
      {"method: grid\nparameters:\n  a: {distribution: log_uniform_values, min: 0, max: 1}\n",
       "s.yaml:3: a: min 0 is not above 0", ""},
      {"method: grid\nparameters:\n  a: {distribution: normal, mean: 0}\n",
       "s.yaml:3: unknown key `mean` in a (normal)", ""},
      {"method: grid\nparameters:\n  a: {values: [1, 2], when: {b: 1}}\n",
       "s.yaml:3: a depends on `b`, which is no parameter", "did you mean `a`?"},
      {"method: grid\nparameters:\n  1a: {value: 1}\n", "s.yaml:3: `1a` is no name of a parameter", ""},
      {"method: grid\nmethod: random\n", "s.yaml:2: `method` is given twice", "keep one of them"},
      {"method: grid\nrun_cap: 0\nparameters: {a: {value: 1}}\n",
       "s.yaml:2: run_cap must be a whole number of at least 1", ""},
      {"method: grid\nmetric: {name: l}\nearly_terminate: {type: hyperband}\nparameters: {a: {value: 1}}\n",
       "s.yaml:3: early_terminate has no band", "add `min_iter: 1`"},
      {"method: grid\nmetric: {name: l}\nearly_terminate: {type: hyperband, max_iter: 2, s: 2}\nparameters: {a: "
       "{value: 1}}\n",
       "s.yaml:3: early_terminate has no band", "raise s or max_iter, or lower eta"},
      {"method: grid\nmetric: {name: l, goal: maximise}\nparameters: {a: {value: 1}}\n",
       "s.yaml:2: unknown goal `maximise`", "did you mean `maximize`?"},
      {"method: grid\nparameters:\n  a:\n    values: [\"caf\xe9\", b]\n", "s.yaml:4: this is no UTF-8",
       "save the file as UTF-8"},
      {"method: grid\nname: \xed\xa0\x80\n", "s.yaml:2: this is no UTF-8", "save the file as UTF-8"},
      {"method: random\nparameters:\n  a: {min: 0, max: 1000000000000000000}\n",
       "s.yaml:3: parameter a: its range from 0 to 1e+18 holds numbers that cannot be told apart",
       "limits may lie up to 9007199254740992 from 0"},
      {"method: random\nparameters:\n  a: {distribution: q_uniform, min: 0, max: 1, q: 1e-18}\n",
       "s.yaml:3: parameter a: its range from 0 to 1 holds numbers that cannot be told apart",
       "limits may lie up to 0.009007199254740993 from 0"},
      {"a: [1\n", "s.yaml:2: this is no YAML", "indent by spaces and write `name: value`, one a line"},
      {"", "s.yaml:1: the sweep must be a map",
       "its keys are method, metric, parameters, run_cap, early_terminate, name, seed, description, program, command, "
       "project, entity, kind, apiVersion, controller, job, image_uri, scheduler"},
  };
  for (const Refusal& refusal : cases) {
    const auto sweep = parse_sweep(refusal.text, "s.yaml");
    ASSERT_FALSE(sweep) << refusal.text;
    EXPECT_EQ(sweep.error().summary, refusal.summary);
    EXPECT_EQ(sweep.error().hint, refusal.hint) << refusal.text;
  }
}

TEST(SweepFileWarnings, TellSlipsFromIntent) {
  const std::pair<const char*, const char*> cases[] = {
      {"method: random\nmetric:\n  name: val_accuracy\nrun_cap: 2\nparameters: {a: {values: [1, 2]}}\n",
       "s.yaml:2: warning: val_accuracy is minimised"},
      {"method: random\nmetric: {name: val_loss, goal: maximize}\nrun_cap: 2\nparameters: {a: {values: [1, 2]}}\n",
       "s.yaml:2: warning: val_loss is maximised"},
      {"method: random\nrun_cap: 2\nparameters:\n  a: {values: [x]}\n  b: {values: [1, 2]}\n",
       "s.yaml:4: warning: a has one value only"},
      {"method: grid\nparameters:\n  a: {min: 0.0, max: 1.0}\n",
       "s.yaml:3: warning: a is continuous, and a grid needs a list"},
      {"method: grid\nparameters:\n  a: {distribution: q_uniform, min: 0, max: 4}\n",
       "s.yaml:3: warning: a: a grid counts up from min"},
      {"method: random\nmetric:\n  name: loss\n  impute: best\nrun_cap: 2\nparameters: {a: {values: [1, 2]}}\n",
       "s.yaml:4: warning: `impute` has no meaning here"},
      {"method: random\nmetric:\n  name: loss\n  impute_while_running: worst\nrun_cap: 2\nparameters: {a: {values: [1, "
       "2]}}\n",
       "s.yaml:4: warning: `impute_while_running` has no meaning here"},
      {"method: grid\nparameters:\n  a: {values: [1, 2, 1.0]}\n", "s.yaml:3: warning: a: 1.0 stands in the list twice"},
      {"method: random\nrun_cap: 3\nparameters:\n  a: {min: 1, max: 5.5}\n",
       "s.yaml:4: warning: a has a whole and a broken limit"},
      {"method: random\nrun_cap: 3\nparameters:\n  a: {min: 0.00001, max: 0.1}\n",
       "s.yaml:4: warning: a is uniform over 4 decades"},
      {"method: random\nrun_cap: 3\nparameters:\n  a: {distribution: log_uniform, min: -5, max: 0}\n",
       "s.yaml:4: warning: a: log_uniform is deprecated"},
      {"method: random\nrun_cap: 9\nparameters:\n  a: {values: [1, 2]}\n",
       "s.yaml:1: warning: run_cap is 9, but there are 2 configurations"},
      {"method: grid\nrun_cap: 9\nparameters:\n  a: {distribution: q_uniform, min: 0, max: 4}\n",
       "s.yaml:1: warning: run_cap is 9, but there are 4 configurations"},
      {"method: random\nparameters:\n  a: {min: 0.1, max: 0.2}\n", "s.yaml:1: warning: nothing ends this sweep"},
      {"method: random\nrun_cap: 2\nparameters:\n  a: {values: [on, off]}\n",
       "s.yaml:4: warning: a: `on` is a text here"},
  };
  for (const auto& [text, expected] : cases) {
    const SweepFile sweep = sweep_of(text);
    ASSERT_FALSE(sweep.warnings.empty()) << text;
    EXPECT_TRUE(describe(sweep, sweep.warnings[0]).starts_with(expected)) << describe(sweep, sweep.warnings[0]);
  }
}

TEST(SweepFileReading, SurvivesAnyCutOfItsText) {
  const std::string text =
      "method: bayes\nmetric: {name: x, goal: maximize}\nearly_terminate: {type: hyperband, max_iter: 9, s: "
      "2}\nparameters:\n  a: {values: [1, \"b\", {c: [1]}]}\n  b:\n    parameters:\n      c: {distribution: beta, a: "
      "2}\n";
  int refused = 0;
  for (std::size_t cut = 0; cut < text.size(); cut++) {
    refused += !parse_sweep(text.substr(0, cut), "s");
    std::string changed = text;
    changed[cut] = "{[:-\"&*"[cut % 7];
    refused += !parse_sweep(changed, "s");
  }
  EXPECT_GT(refused, 50);
  EXPECT_FALSE(parse_sweep(std::string(100'000, '['), "s"));
  EXPECT_FALSE(parse_sweep("a: &a [1]\nb: [*a, *c]\n", "s"));
}

}  // namespace
}  // namespace atelier
