// events.cpp: reports as JSON objects.
#include "cli/events.hpp"

namespace atelier::cli {

nlohmann::ordered_json epoch_event(const EpochReport& report) {
  nlohmann::ordered_json event{{"event", "epoch"}, {"epoch", report.epoch}, {"train_loss", report.train_loss}};
  if (report.train_accuracy) event["train_accuracy"] = *report.train_accuracy;
  event["val_loss"] = report.val_loss;
  if (report.val_accuracy) event["val_accuracy"] = *report.val_accuracy;
  event["train_seconds"] = report.train_seconds;
  event["samples_per_second"] = report.samples_per_second;
  return event;
}

nlohmann::ordered_json end_event(const Outcome& outcome) {
  nlohmann::ordered_json event{{"event", "end"}, {"run", outcome.run}, {"epochs", outcome.epochs}};
  if (outcome.best_val_accuracy) event["best_val_accuracy"] = *outcome.best_val_accuracy;
  if (outcome.test_accuracy) event["test_accuracy"] = *outcome.test_accuracy;
  event["model"] = outcome.model.string();
  if (outcome.interrupted) event["interrupted"] = true;
  return event;
}

}  // namespace atelier::cli
