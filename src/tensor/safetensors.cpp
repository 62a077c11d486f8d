// safetensors.cpp: named tensors in one file, in the safetensors format.
#include "tensor/safetensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <optional>
#include <ranges>
#include <utility>

#include "base/files.hpp"
#include "tensor/detail/safetensors_header.hpp"
#include "tensor/matrix.hpp"

namespace atelier {
namespace fs = std::filesystem;
using detail::Header;
using detail::HeaderEntry;
using detail::shown;
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian, and read in place");

constexpr std::size_t kLengthBytes = 8;  ///< the length of the header, before the header

struct Dtype {
  std::string_view name;
  std::size_t bytes;
};

/// The types of whole bytes, as the reference implementation names them.
constexpr std::array<Dtype, 17> kDtypes{{{"BOOL", 1},
                                         {"U8", 1},
                                         {"I8", 1},
                                         {"F8_E4M3", 1},
                                         {"F8_E5M2", 1},
                                         {"F8_E8M0", 1},
                                         {"U16", 2},
                                         {"I16", 2},
                                         {"F16", 2},
                                         {"BF16", 2},
                                         {"U32", 4},
                                         {"I32", 4},
                                         {"F32", 4},
                                         {"U64", 8},
                                         {"I64", 8},
                                         {"F64", 8},
                                         {"C64", 8}}};

/// Bytes of an element; 0 for a type that is not read.
std::size_t element_bytes(std::string_view dtype) {
  const auto known = std::ranges::find(kDtypes, dtype, &Dtype::name);
  return known == kDtypes.end() ? 0 : known->bytes;
}

/// Bytes of a whole tensor; nothing when a product of its dimensions, in any order, is beyond 64 bits.
std::optional<std::size_t> tensor_bytes(std::span<const std::size_t> shape, std::size_t element) {
  std::size_t product = element;
  for (const std::size_t d : shape)
    if (__builtin_mul_overflow(product, std::max<std::size_t>(d, 1), &product)) return std::nullopt;
  return std::ranges::find(shape, std::size_t{0}) == shape.end() ? product : 0;
}

std::string words(const std::string& dtype, std::span<const std::size_t> shape) {
  return fmt::format("{} [{}]", dtype, fmt::join(shape, ", "));
}

/// What is wrong with the type and shape of a tensor of `bytes` bytes, as a clause; empty when nothing is.
std::string misfit(const std::string& name, const std::string& dtype, std::span<const std::size_t> shape,
                   std::size_t bytes) {
  const std::size_t element = element_bytes(dtype);
  if (element == 0)
    return fmt::format("tensor {} has the type {}; read are {}", shown(name), shown(dtype),
                       fmt::join(kDtypes | std::views::transform(&Dtype::name), ", "));
  const auto needed = tensor_bytes(shape, element);
  if (!needed) return fmt::format("tensor {}, {}, is larger than any memory", shown(name), words(dtype, shape));
  if (*needed == bytes) return {};
  return fmt::format("tensor {}, {}, takes {} bytes but has {}", shown(name), words(dtype, shape),
                     fmt::group_digits(*needed), fmt::group_digits(bytes));
}

std::unexpected<Error> refuse(const std::string& file, std::string summary, const std::string& found,
                              std::string hint = "take another copy of the file, or write it again") {
  return fail(Trouble::model, std::move(summary), file + ": " + found, std::move(hint));
}

/// The header's text, once its length is believable.
Result<std::string_view> header_text(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t limit) {
  constexpr const char* foreign = "not a safetensors file";
  if (bytes.size() < kLengthBytes + 2)
    return refuse(file, foreign, fmt::format("has {} bytes; the shortest such file has 10", bytes.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  // Looked at first, so that any other kind of file is called what it is and not a header of some wild length.
  if (bytes[kLengthBytes] != '{')
    return refuse(file, foreign,
                  fmt::format("has byte {:#04x} where the header would start with {{", bytes[kLengthBytes]),
                  "give a file that Atelier or another program wrote as safetensors");
  if (length > limit)
    return refuse(file, "a safetensors file with a header too long",
                  fmt::format("declares a header of {} bytes; at most {} are read", fmt::group_digits(length),
                              fmt::group_digits(limit)));
  if (length > bytes.size() - kLengthBytes)
    return refuse(file, "a safetensors file is cut short",
                  fmt::format("declares a header of {} bytes; {} are there", fmt::group_digits(length),
                              fmt::group_digits(bytes.size() - kLengthBytes)));
  return std::string_view(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length);
}

/// Puts the entries in the order of their data, and holds them against each other: each as long as its shape says, one
/// after the other without holes. What is wrong, as a clause; empty when nothing is.
std::string lay_out(std::vector<HeaderEntry>& entries) {
  std::ranges::stable_sort(entries, {}, [](const HeaderEntry& e) { return std::pair(e.begin, e.end); });
  std::uint64_t next = 0;
  for (const HeaderEntry& e : entries) {
    if (e.end < e.begin)
      return fmt::format("tensor {} starts at byte {} of the data and ends at {}", shown(e.name), e.begin, e.end);
    if (auto wrong = misfit(e.name, e.dtype, e.shape, e.end - e.begin); !wrong.empty()) return wrong;
    if (e.begin != next)
      return fmt::format("tensor {} starts at byte {} of the data, where the one before it ends at {}", shown(e.name),
                         e.begin, next);
    next = e.end;
  }
  return {};
}

bool aligned(const HeaderEntry& e, const std::uint8_t* data) {
  return reinterpret_cast<std::uintptr_t>(data + e.begin) % std::max<std::size_t>(element_bytes(e.dtype), 1) == 0;
}

/// What a TensorFile keeps alive.
struct Kept {
  std::shared_ptr<const void> bytes;
  Buffer<std::uint8_t> copies;
};

/// Views of laid-out entries, in place or in a copy.
TensorFile views(Header header, const std::uint8_t* data, std::shared_ptr<const void> keeper, std::size_t copied) {
  auto kept = std::make_shared<Kept>(std::move(keeper), Buffer<std::uint8_t>(copied));
  std::uint8_t* free = kept->copies.data();
  TensorFile file;
  file.tensors.reserve(header.entries.size());
  for (HeaderEntry& e : header.entries) {
    const std::size_t size = e.end - e.begin;
    const std::uint8_t* from = data + e.begin;
    if (!aligned(e, data)) {
      if (size > 0) std::memcpy(free, from, size);
      from = std::exchange(free, free + round_up(size, kAlignment));
    }
    file.tensors.push_back(
        {std::move(e.name), std::move(e.dtype), std::move(e.shape), std::as_bytes(std::span(from, size))});
  }
  file.metadata = std::move(header.metadata);
  file.keeper = std::move(kept);
  return file;
}

template <class Real>
Tensor view_of(std::string name, const char* dtype, std::span<const Real> values, std::vector<std::size_t> shape) {
  return {std::move(name), dtype, std::move(shape), std::as_bytes(values)};
}

template <class Real>
Result<std::span<const Real>> values_of(const Tensor& tensor, std::string_view dtype) {
  const auto wrong = [&](const std::string& found) {
    return fail(Trouble::model, "a tensor of another type than wanted",
                fmt::format("tensor {} {}; {} is wanted", shown(tensor.name), found, dtype));
  };
  if (tensor.dtype != dtype) return wrong("holds " + tensor.dtype);
  if (reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % alignof(Real) != 0) return wrong("lies unaligned");
  if (tensor.bytes.size() % sizeof(Real) != 0) return wrong(fmt::format("has {} bytes", tensor.bytes.size()));
  return std::span(reinterpret_cast<const Real*>(tensor.bytes.data()), tensor.bytes.size() / sizeof(Real));
}

/// The header of these tensors, laid out one after the other; what cannot be written as a clause.
std::expected<std::string, std::string> header_of(std::span<const Tensor> tensors,
                                                  const std::map<std::string, std::string>& metadata) {
  const SafetensorsLimits limits;
  if (std::max(tensors.size(), metadata.size()) > limits.entries)
    return std::unexpected(fmt::format("more than {} tensors or lines of metadata", fmt::group_digits(limits.entries)));
  Header header{.entries = {}, .metadata = metadata};
  std::uint64_t next = 0;
  for (const Tensor& t : tensors) {
    if (auto wrong = misfit(t.name, t.dtype, t.shape, t.bytes.size()); !wrong.empty()) return std::unexpected(wrong);
    if (t.shape.size() > limits.dimensions)
      return std::unexpected(fmt::format("tensor {} has {} dimensions; at most {} are written", shown(t.name),
                                         t.shape.size(), limits.dimensions));
    header.entries.push_back({t.name, t.dtype, t.shape, next, next + t.bytes.size()});
    next += t.bytes.size();
  }
  auto text = detail::format_header(header);
  if (!text) return text;
  text->resize(round_up(kLengthBytes + text->size(), kAlignment) - kLengthBytes, ' ');
  if (text->size() > limits.header_bytes)
    return std::unexpected(fmt::format("names, shapes and metadata take {} bytes; at most {} are written",
                                       fmt::group_digits(text->size()), fmt::group_digits(limits.header_bytes)));
  return text;
}

}  // namespace

const Tensor* TensorFile::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &Tensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

Result<void> write_safetensors(const fs::path& path, std::span<const Tensor> tensors,
                               const std::map<std::string, std::string>& metadata) {
  const auto header = header_of(tensors, metadata);
  if (!header)
    return fail(Trouble::model, "tensors that cannot be written as safetensors", path.string() + ": " + header.error());
  return write_file_atomically(path, [&](FileSink& sink) -> Result<void> {
    const std::uint64_t length = header->size();
    sink.write({reinterpret_cast<const std::uint8_t*>(&length), kLengthBytes});
    sink.write(*header);
    for (const Tensor& t : tensors) sink.write({reinterpret_cast<const std::uint8_t*>(t.bytes.data()), t.bytes.size()});
    return {};
  });
}

Result<TensorFile> parse_safetensors(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> keeper,
                                     const std::string& file, const SafetensorsLimits& limits) {
  const auto text = header_text(bytes, file, limits.header_bytes);
  if (!text) return std::unexpected(text.error());
  auto header = detail::parse_header(*text, limits);
  if (!header) return refuse(file, "a damaged safetensors file", header.error());
  if (const auto wrong = lay_out(header->entries); !wrong.empty())
    return refuse(file, "a damaged safetensors file", wrong);

  const auto data = bytes.subspan(kLengthBytes + text->size());
  const std::uint64_t declared = header->entries.empty() ? 0 : header->entries.back().end;
  if (declared != data.size())
    return refuse(file, declared > data.size() ? "a safetensors file is cut short" : "a safetensors file is too long",
                  fmt::format("declares {} bytes of data; {} are there", fmt::group_digits(declared),
                              fmt::group_digits(data.size())));
  std::size_t copied = 0;
  for (const HeaderEntry& e : header->entries)
    if (!aligned(e, data.data())) copied += round_up(e.end - e.begin, kAlignment);
  if (copied > limits.copied_bytes)
    return refuse(file, "a safetensors file of unaligned tensors",
                  fmt::format("has {} bytes of them; at most {} are copied into place", fmt::group_digits(copied),
                              fmt::group_digits(limits.copied_bytes)),
                  "write it again with wider types first");
  try {
    return views(*std::move(header), data.data(), std::move(keeper), copied);
  } catch (const std::bad_alloc&) {
    return refuse(file, "not enough memory for a safetensors file",
                  fmt::format("has {} bytes of tensors to copy", fmt::group_digits(copied)), "free some memory");
  }
}

Result<TensorFile> read_safetensors(const fs::path& path, const SafetensorsLimits& limits) {
  auto mapped = map_file(path);
  if (!mapped) return std::unexpected(mapped.error());
  return parse_safetensors(mapped->bytes, std::move(mapped->keeper), path.string(), limits);
}

Tensor tensor_of(std::string name, std::span<const float> values, std::vector<std::size_t> shape) {
  return view_of(std::move(name), "F32", values, std::move(shape));
}

Tensor tensor_of(std::string name, std::span<const double> values, std::vector<std::size_t> shape) {
  return view_of(std::move(name), "F64", values, std::move(shape));
}

Result<std::span<const float>> floats(const Tensor& tensor) { return values_of<float>(tensor, "F32"); }
Result<std::span<const double>> doubles(const Tensor& tensor) { return values_of<double>(tensor, "F64"); }

}  // namespace atelier
