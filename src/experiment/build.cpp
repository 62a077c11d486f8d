// build.cpp: names become parts.
#include "experiment/build.hpp"

#include <algorithm>
#include <thread>

#include "nn/catalog.hpp"
#include "optim/catalog.hpp"

namespace atelier {

Result<Architecture> architecture_of(const Recipe& recipe, std::size_t inputs, std::size_t outputs) {
  const Result<Activation> function = activation(recipe.activation);
  if (!function) return pass_on(function);
  Architecture a{inputs, {}};
  if (recipe.input_dropout > 0) a.layers.push_back(Dropout{recipe.input_dropout});
  std::size_t width = inputs;
  for (const int units : recipe.layers) {
    const std::size_t start = a.layers.size(), next = units > 0 ? static_cast<std::size_t>(units) : 0;
    a.layers.push_back(Dense{next});
    if (recipe.norm == "batch") a.layers.push_back(BatchNorm{});
    if (recipe.norm == "layer") a.layers.push_back(LayerNorm{});
    a.layers.push_back(Activate{*function});
    if (recipe.dropout > 0) a.layers.push_back(Dropout{recipe.dropout});
    if (recipe.residual && next == width) a.layers.push_back(Residual{a.layers.size() - start});
    width = next;
  }
  a.layers.push_back(Dense{outputs});
  return a;
}

Result<Loss> loss_of(const Recipe& recipe, bool classification) {
  if (!classification) return MeanSquaredError{};
  Result<Loss> found = loss(recipe.loss);
  if (!found) return found;
  if (auto* cross_entropy = std::get_if<CrossEntropy>(&*found)) cross_entropy->smoothing = recipe.label_smoothing;
  return found;
}

Result<AnyRule> rule_of(const Recipe& recipe) {
  Result<AnyRule> rule = update_rule(recipe.optimizer);
  std::map<std::string, double> turned = recipe.knobs;
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) turned[name] = *value;
  };
  add("momentum", recipe.momentum);
  add("beta", recipe.beta);
  add("beta1", recipe.beta1);
  add("beta2", recipe.beta2);
  add("epsilon", recipe.epsilon);
  for (const auto& [name, value] : turned) {
    if (!rule) return rule;
    const std::vector<KnobInfo> knobs = rule->knobs();
    const bool has = std::any_of(knobs.begin(), knobs.end(), [&](const KnobInfo& k) { return k.name == name; });
    if (has) rule = rule->with(name, value);
  }
  return rule;
}

Result<Initialiser> initialiser_of(const Recipe& recipe) {
  Result<Initialiser> init = initialiser(recipe.init);
  if (init && recipe.init_scale > 0) init->scale = recipe.init_scale;
  return init;
}

Result<TrainerOptions> trainer_options_of(const Recipe& recipe) {
  const Result<std::string_view> schedule = schedule_name(recipe.schedule);
  if (!schedule) return pass_on(schedule);
  return TrainerOptions{.batch_size = recipe.batch_size > 0 ? static_cast<std::size_t>(recipe.batch_size) : 0,
                        .epochs = recipe.epochs,
                        .learning_rate = recipe.learning_rate,
                        .l2 = recipe.weight_decay,
                        .decoupled_decay = recipe.decoupled_decay,
                        .clip_norm = recipe.clip_norm,
                        .clip_value = recipe.clip_value,
                        .averaging = recipe.averaging,
                        .schedule = {.name = *schedule, .factor = recipe.schedule_factor},
                        .warmup_epochs = recipe.warmup,
                        .drop_epochs = recipe.schedule_every,
                        .seed = recipe.seed};
}

Result<Trainer> trainer_of(const Recipe& recipe, const Dataset& data, std::shared_ptr<ThreadPool> pool) {
  const Result<Architecture> architecture = architecture_of(recipe, data.width(), data.outputs());
  if (!architecture) return pass_on(architecture);
  const Result<Initialiser> init = initialiser_of(recipe);
  if (!init) return pass_on(init);
  const Result<Loss> loss = loss_of(recipe, data.is_classification());
  if (!loss) return pass_on(loss);
  Result<AnyRule> rule = rule_of(recipe);
  if (!rule) return pass_on(rule);
  const Result<TrainerOptions> options = trainer_options_of(recipe);
  if (!options) return pass_on(options);
  Result<Network<float>> network = Network<float>::build(*architecture, *init, recipe.seed);
  if (!network) return pass_on(network);
  return Trainer::create(*std::move(network), data, *std::move(rule), *loss, *options, std::move(pool));
}

Result<DataPair> open_data_of(const Recipe& recipe) {
  return recipe.data.empty() ? open_dataset(recipe.dataset) : open_folder(recipe.data);
}

int threads_of(const Recipe& recipe) {
  return recipe.threads > 0 ? recipe.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

double work_of(const Recipe& recipe, const Dataset& train, const Dataset& validation) {
  constexpr double kFetch = 110, kUpdate = 67;  // operations an input value and an update take the time of, as measured
  double weights = 0;
  auto width = static_cast<double>(train.width());
  for (const int units : recipe.layers) {
    weights += width * units;
    width = units;
  }
  weights += width * static_cast<double>(train.outputs());
  const double fetch = kFetch * static_cast<double>(train.width());
  const double learn = 6 * weights + fetch + kUpdate * weights / std::max(1, recipe.batch_size);
  return static_cast<double>(train.size()) * learn + static_cast<double>(validation.size()) * (2 * weights + fetch);
}

std::string network_text(const Recipe& recipe, std::size_t inputs, std::size_t outputs, bool classification) {
  const Result<Architecture> a = architecture_of(recipe, inputs, outputs);
  return a ? describe(*a) + (classification ? " softmax" : "") : "";
}

}  // namespace atelier
