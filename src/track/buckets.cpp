// buckets.cpp: rows are gathered into buckets.
#include "track/buckets.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace atelier {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

void begin(std::vector<Bucket>& buckets, std::int64_t at, double value) {
  const double bound = std::isfinite(value) ? value : kUnknown;
  buckets.push_back({at, value, bound, bound});
}

void widen(Bucket& bucket, std::int64_t at, double value) {
  bucket.at = at;
  bucket.last = value;
  if (!std::isfinite(value)) return;
  if (!(bucket.low <= value)) bucket.low = value;  // also where it is not a number yet
  if (!(bucket.high >= value)) bucket.high = value;
}

}  // namespace

Bucketing::Bucketing(const BucketQuery& query, std::int64_t first, std::int64_t last) : query_(query) {
  query_.from = std::max(query.from, first);
  query_.to = std::min(query.to, last);
  const std::int64_t most = std::max(query.buckets, 1);
  constexpr int kWidest = 62;
  while (query_.to > query_.from && shift_ < kWidest && (query_.to >> shift_) - (query_.from >> shift_) >= most)
    ++shift_;
  for (const std::string& name : query_.names) columns_.push_back({{name, {}}});
}

Bucketing::Column* Bucketing::column(const std::string& name) {
  const auto found = std::ranges::find_if(columns_, [&](const Column& c) { return c.series.name == name; });
  if (found != columns_.end()) return &*found;
  return query_.names.empty() ? &columns_.emplace_back(Column{{name, {}}}) : nullptr;
}

void Bucketing::add(std::span<const std::string> names, std::span<const std::uint8_t> rows) {
  for (const std::string& name : names) column(name);  // before pointers to them are taken
  const std::size_t width = sizeof(std::int64_t) + names.size() * sizeof(double);
  for (std::size_t n = 0; n < names.size(); ++n) {
    Column* const column = this->column(names[n]);
    if (column == nullptr) continue;
    std::vector<Bucket>& buckets = column->series.buckets;
    for (const std::uint8_t* row = rows.data(); row + width <= rows.data() + rows.size(); row += width) {
      std::int64_t at = 0;
      std::memcpy(&at, row, sizeof at);
      if (at < query_.from || at > query_.to) continue;
      double value = 0;
      std::memcpy(&value, row + sizeof at + n * sizeof value, sizeof value);
      if (std::exchange(column->bucket, at >> shift_) == at >> shift_ && !buckets.empty())
        widen(buckets.back(), at, value);
      else
        begin(buckets, at, value);
    }
  }
}

Bucketed Bucketing::take() && {
  Bucketed out{std::int64_t{1} << shift_, {}};
  for (Column& column : columns_) out.series.push_back(std::move(column.series));
  return out;
}

}  // namespace atelier
