// confirm.hpp: the winners of a sweep, trained again with fresh seeds by a sweep of their own.
#pragma once
#include <string>
#include <vector>

#include "analysis/confirmation.hpp"
#include "experiment/sweep.hpp"

namespace atelier {

/// How many winners are trained again, and with how many seeds each.
struct ConfirmPlan {
  int winners = 5;  ///< 1 to 50
  int seeds = 10;   ///< 2 to 1,000
};

/// An error when the sweep searches the seed itself, or runs another program: there is nothing fresh to train its winners
/// with.
Result<void> can_be_confirmed(const SweepSetup& setup);

/// The sweep that trains the best of `sweep` again, "<sweep>-confirm": the one that does it already, or a new one. Only
/// trials that were trained to their end count; an error when there is none. The seeds are those that follow the
/// search's trainings' own; trials come seed by seed, so that a part of it is whole seeds.
Result<Sweep> confirmation_sweep(Store& store, const Sweep& sweep, const ConfirmPlan& plan);

/// A confirmation as it stands.
struct ConfirmationReport {
  std::string id;  ///< of the sweep that confirms
  Confirms confirms;
  Objective objective;
  std::vector<std::vector<double>> scores;  ///< [winner, seed]; not a number where a training gave none
  Confirmation result;

  /// "#12" for each winner, its number in the sweep that found it.
  std::vector<std::string> names() const;
};

/// What a confirmation has shown. Requires a sweep that confirms another one.
Result<ConfirmationReport> confirmation_report(Store& store, const Sweep& confirmation);

/// Gives the trials of a confirmation the tag "confirmation", once.
Result<void> tag_trials(Store& store, const Sweep& confirmation);

}  // namespace atelier
