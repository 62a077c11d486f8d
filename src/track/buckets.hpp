// buckets.hpp: long series of measurements, thinned for drawing.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace atelier {

/// A stretch of a series as one point with a band.
struct Bucket {
  std::int64_t at = 0;  ///< of its last row
  /// Of its last row, and the least and greatest of all that are finite (not a number where none is).
  double last = 0, low = 0, high = 0;
};

/// Which part of a series, in how many points.
struct BucketQuery {
  std::string stream = "step";
  std::vector<std::string> names = {};                                   ///< empty: all
  std::int64_t from = 0, to = std::numeric_limits<std::int64_t>::max();  ///< rows with from <= at <= to
  int buckets = 1000;                                                    ///< at most so many a name
};

struct BucketedSeries {
  std::string name = {};
  std::vector<Bucket> buckets = {};  ///< rising, none empty
};

struct Bucketed {
  std::int64_t width = 1;  ///< of a bucket, a power of two: each begins at a multiple of it
  std::vector<BucketedSeries> series = {};
};

/// Gathers rows into buckets. Since they begin at multiples of a power of two, rows that come later change none but
/// the last, until the width doubles.
class Bucketing {
 public:
  /// For rows within [first, last] of what the query asks for.
  Bucketing(const BucketQuery& query, std::int64_t first, std::int64_t last);

  /// Adds rows as the store keeps them: each `at` as a 64-bit integer, then a double for each of `names`.
  void add(std::span<const std::string> names, std::span<const std::uint8_t> rows);
  Bucketed take() &&;

 private:
  struct Column {
    BucketedSeries series;
    std::int64_t bucket = -1;  // at / width of the one that is open
  };
  Column* column(const std::string& name);

  BucketQuery query_;
  int shift_ = 0;
  std::vector<Column> columns_;
};

}  // namespace atelier
