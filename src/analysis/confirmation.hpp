// confirmation.hpp: what the winners of a search are worth when they are trained again with fresh seeds.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/paired.hpp"

namespace atelier {

/// A metric as it is compared and spoken of.
struct ScoreKind {
  bool maximize = true;
  bool share = true;  ///< in [0, 1], told in percent and points
};

/// One configuration, trained again with every seed.
struct ConfirmedScore {
  MeanInterval score;       ///< over the seeds that gave a value
  std::size_t trained = 0;  ///< their number
  /// What follows compares it with the best and is there where every seed gave a value.
  std::optional<MeanInterval> behind = {};  ///< by how much the best is better, seed by seed; absent of the best itself
  std::size_t worse = 0;                    ///< seeds with which the best is better
  double p = 1, p_holm = 1;                 ///< sign flips on these differences; adjusted for the comparisons
  double p_best = 0;                        ///< that nothing is truly better than it; see `confirm_winners`
  bool uneven = false;                      ///< of the differences from the best, one lies far out: see below
  bool in_best_set = false;                 ///< cannot be told apart from the best: p_best above 0.05
};

struct Confirmation {
  ScoreKind kind;
  std::size_t seeds = 0;
  std::vector<double> first;           ///< the scores that the search saw, a configuration each
  std::vector<ConfirmedScore> scores;  ///< in the same order
  std::optional<std::size_t> best;     ///< of the configurations with all values, the one of the best mean

  /// By how much the winner's first score flatters it: positive is better than what it repeats.
  MeanInterval luck;
  /// The first winner's lead over the second, as the search saw it and as the seeds repeat it.
  struct Lead {
    double first = 0;
    MeanInterval again;
  };
  std::optional<Lead> lead = {};
};

/// Compares configurations that were trained with the same seeds: `scores` [configuration, seed], not a number where a
/// training gave none; `first` are the search's own scores, its winner in front. Requires a configuration and two seeds.
///
/// The best set follows Gupta 1965: v stays unless max_w (mean_w - mean_v) / se_wv is beyond what 95 % of chance shows.
/// Chance is every way to flip the signs of whole seeds, which keeps the comparisons of v tied to one another and is
/// exact from two seeds on; a bootstrap of ten seeds would tell apart what is alike in up to twice 5 % of cases. Below
/// five seeds nothing can be told apart.
///
/// The 5 % hold for differences that are symmetric about their mean. Where a configuration's trainings collapse now and
/// then, or its seeds differ by chance of any other lopsided kind, the truly best one can be left out far more often:
/// rivals of the same mean whose trainings collapse once in ten leave it out in 31 % of confirmations of two
/// configurations with ten seeds. `uneven` tells what can be seen of it.
Confirmation confirm_winners(const std::vector<std::vector<double>>& scores, std::span<const double> first,
                             ScoreKind kind);

/// What came out, a sentence each: the best set, the winner's luck, its lead, what could not be compared. `names` has
/// one name a configuration.
std::vector<std::string> in_words(const Confirmation& confirmation, std::span<const std::string> names);

/// "89.61 %", "0.2470": a score with the digits that a doubt allows.
std::string score_text(double score, double doubt, ScoreKind kind);
/// "89.61 % ± 0.12", "0.2470 ± 0.0031": a mean and the half width of its interval.
std::string score_text(const MeanInterval& score, ScoreKind kind);
/// "0.31 points (0.10 to 0.52)": a difference, `places` digits as its interval allows.
std::string difference_text(const MeanInterval& difference, ScoreKind kind);

}  // namespace atelier
