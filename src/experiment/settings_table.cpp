// settings_table.cpp: the table of settings, and how a name is found in it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <deque>
#include <limits>

#include "base/catalog.hpp"
#include "data/known_sets.hpp"
#include "experiment/settings.hpp"
#include "nn/catalog.hpp"
#include "optim/catalog.hpp"
#include "optim/schedule.hpp"

namespace atelier {
namespace {

using Names = std::vector<std::string_view>;

Names names_of(std::span<const CatalogEntry> catalog) {
  Names names;
  for (const CatalogEntry& entry : catalog) names.push_back(entry.name);
  return names;
}

Names dataset_names() {
  Names names;
  for (const KnownSet& set : known_sets()) names.push_back(set.name);
  return names;
}
Names activation_names() { return names_of(activation_catalog()); }
Names norm_names() { return {"none", "batch", "layer"}; }
Names initialiser_names() { return names_of(initialiser_catalog()); }
Names loss_names() { return names_of(loss_catalog()); }
Names optimizer_names() { return names_of(optimizer_catalog()); }
Names schedule_names() { return names_of(schedule_catalog()); }

constexpr Range kShare{0, 1, false, true};  // [0, 1)
constexpr double kSeeds = static_cast<double>(std::numeric_limits<std::uint64_t>::max());

constexpr std::string_view kData = "Data", kNetwork = "Network", kLearning = "Learning", kOptimizer = "Optimizer",
                           kSchedule = "Schedule", kRun = "Run";

// One line a setting: name, aliases, group, value, example, help, field, then the range or the names.
// clang-format off
constexpr std::array kSettings = std::to_array<Setting>({
    {"dataset", "d", kData, "NAME", "fashion_mnist", "a known set: fashion_mnist, mnist",
     &Recipe::dataset, {}, dataset_names},
    {"data", "", kData, "DIR", "./my-images", "a folder of IDX files instead of a known set",
     &Recipe::data},
    {"validation", "validation-split", kData, "SHARE", "0.1", "share of the training set held out to choose by",
     &Recipe::validation, {0, 1, true, true}},
    {"split-seed", "", kData, "N", "1", "seed of that split, apart from --seed",
     &Recipe::split_seed, {0, kSeeds}},

    {"layers", "sz hidden-size hidden-sizes hidden-layer-size hidden-layer-sizes hidden-units neurons layer-size", kNetwork, "LIST", "128,64", "hidden widths, or `none`",
     &Recipe::layers, {1, 65536}},
    {"num-layers", "nhl hidden-layers num-hidden-layers n-layers number-of-layers", kNetwork, "N", "3", "repeats a single width of --layers",
     LayerCount{}, {0, 256}},
    {"activation", "a activation-function", kNetwork, "NAME", "relu", "activation of the hidden layers",
     &Recipe::activation, {}, activation_names},
    {"norm", "", kNetwork, "NAME", "batch", "normalisation of the hidden layers: none, batch, layer",
     &Recipe::norm, {}, norm_names},
    {"dropout", "", kNetwork, "SHARE", "0.2", "share of the hidden values dropped",
     &Recipe::dropout, kShare},
    {"input-dropout", "", kNetwork, "SHARE", "0.1", "share of the input values dropped",
     &Recipe::input_dropout, kShare},
    {"residual", "", kNetwork, "", "true", "skip connections around hidden layers of equal width",
     &Recipe::residual},
    {"init", "w-i wi weight-init weight-initialization weight-initialisation weights-init initialiser initializer", kNetwork, "NAME", "he_normal", "initial weights",
     &Recipe::init, {}, initialiser_names},
    {"init-scale", "", kNetwork, "NUMBER", "0.01", "spread of normal, uniform and random, gain of the others; 0: the usual one",
     &Recipe::init_scale, {0, 1000}},

    {"loss", "l", kLearning, "NAME", "cross_entropy", "what is minimised; for classes mean_squared_error means squared_error",
     &Recipe::loss, {}, loss_names},
    {"label-smoothing", "", kLearning, "SHARE", "0.1", "share of each label spread over all classes",
     &Recipe::label_smoothing, kShare},
    {"batch-size", "b", kLearning, "N", "64", "samples a step",
     &Recipe::batch_size, {1, 1e6}},
    {"epochs", "e max-epochs num-epochs", kLearning, "N", "10", "passes over the training set",
     &Recipe::epochs, {1, 1e6}},
    {"patience", "", kLearning, "N", "5", "epochs without a better validation score before stopping; 0: never",
     &Recipe::patience, {0, 1e6}},
    {"weight-decay", "w-d wd l2 l2-regularization", kLearning, "NUMBER", "0.0005", "L2 in the loss; biases are not decayed",
     &Recipe::weight_decay, {0, 1000}},
    {"decoupled-decay", "", kLearning, "NUMBER", "0.01", "decay beside the gradient, as in AdamW",
     &Recipe::decoupled_decay, {0, 1000}},
    {"clip-norm", "", kLearning, "NUMBER", "1", "largest norm of the whole gradient; 0: off",
     &Recipe::clip_norm, {0, 1e9}},
    {"clip-value", "", kLearning, "NUMBER", "1", "largest size of one gradient value; 0: off",
     &Recipe::clip_value, {0, 1e9}},
    {"averaging", "ema", kLearning, "DECAY", "0.999", "exponential average of the weights; 0: off",
     &Recipe::averaging, kShare},

    {"optimizer", "o optimiser opt", kOptimizer, "NAME", "adam", "update rule; `atelier optimizers` lists them",
     &Recipe::optimizer, {}, optimizer_names},
    {"learning-rate", "lr", kOptimizer, "NUMBER", "0.001", "step size; by default the optimizer's own",
     &Recipe::learning_rate, {0, 1000, true, false}},
    {"momentum", "m", kOptimizer, "NUMBER", "0.9", "momentum, nesterov",
     &Recipe::momentum, kShare},
    {"beta", "", kOptimizer, "NUMBER", "0.99", "rmsprop: decay of the squared gradient",
     &Recipe::beta, kShare},
    {"beta1", "", kOptimizer, "NUMBER", "0.9", "adam and its family: decay of the gradient",
     &Recipe::beta1, kShare},
    {"beta2", "", kOptimizer, "NUMBER", "0.999", "adam and its family: decay of the squared gradient",
     &Recipe::beta2, kShare},
    {"epsilon", "eps", kOptimizer, "NUMBER", "1e-8", "keeps a division away from zero",
     &Recipe::epsilon, {0, 1, true, true}},

    {"schedule", "", kSchedule, "NAME", "cosine", "how the learning rate changes",
     &Recipe::schedule, {}, schedule_names},
    {"warmup", "warm-up", kSchedule, "EPOCHS", "1", "linear warm-up",
     &Recipe::warmup, {0, 1e6}},
    {"schedule-factor", "", kSchedule, "NUMBER", "0.1", "step: factor a drop; exponential: factor over the run",
     &Recipe::schedule_factor, {0, 1, true, false}},
    {"schedule-every", "", kSchedule, "EPOCHS", "10", "step: epochs between drops",
     &Recipe::schedule_every, {0, 1e6, true, false}},

    {"seed", "", kRun, "N", "1", "initial weights, order and dropout",
     &Recipe::seed, {0, kSeeds}},
    {"threads", "", kRun, "N", "2", "0: all cores; never changes the result",
     &Recipe::threads, {0, 1024}},
    {"probes", "", kRun, "", "false", "record what each layer does, every epoch: on unless false; never changes the result",
     &Recipe::probes},
    {"wandb-project", "wp", kRun, "TEXT", "myprojectname", "recorded with the run",
     &Recipe::wandb_project},
    {"wandb-entity", "we", kRun, "TEXT", "myname", "recorded with the run",
     &Recipe::wandb_entity},
});
// clang-format on

bool among(std::string_view name, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == name) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// The table, and after the last setting of the optimizer the knobs that the table does not name.
std::vector<Setting> with_rule_knobs() {
  static std::deque<std::string> texts;  // what the views of the new lines look at
  std::vector<Setting> all(kSettings.begin(), kSettings.end());
  for (const CatalogEntry& rule : optimizer_catalog()) {
    for (const KnobInfo& knob : rule.knobs) {
      if (std::ranges::find(all, knob.name, &Setting::name) != all.end()) continue;
      const auto last = std::find_if(all.rbegin(), all.rend(), [](const Setting& s) { return s.group == kOptimizer; });
      all.insert(last.base(),
                 Setting{knob.name, "", kOptimizer, "NUMBER", texts.emplace_back(fmt::format("{}", knob.preset)),
                         texts.emplace_back(fmt::format("{}; by default {}", rule.name, knob.preset)), RuleKnob{},
                         Range{knob.low, knob.high, knob.open_low, true}});
    }
  }
  return all;
}

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> all = with_rule_knobs();
  return all;
}

std::string plain_name(std::string_view name) {
  name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
  std::string plain(name);
  for (char& c : plain) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

const Setting* find_setting(std::string_view name) {
  const std::string plain = plain_name(name);
  const auto all = settings();
  const auto found = std::ranges::find_if(
      all, [&](const Setting& setting) { return setting.name == plain || among(plain, setting.aliases); });
  return found == all.end() ? nullptr : &*found;
}

std::string nearest_setting(std::string_view name) {
  Names names;
  for (const Setting& setting : settings()) {
    names.push_back(setting.name);
    std::string_view rest = setting.aliases;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (end > 2) names.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  const Setting* setting = find_setting(nearest(plain_name(name), names));
  return setting ? std::string(setting->name) : std::string();
}

}  // namespace atelier
