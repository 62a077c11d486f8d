// decode_jpeg.cpp: JPEG bytes to grey bytes, by libjpeg.
#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

#include <fmt/format.h>

#include "data/detail/decode.hpp"

namespace atelier::detail {
namespace {

/// libjpeg reports an error by a call that must not return; it jumps back to the `guarded` step it came from.
struct Decoder {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf back{};
  char message[JMSG_LENGTH_MAX] = "";
  bool damaged = false;

  Decoder() {
    jpeg.err = jpeg_std_error(&errors);
    jpeg.client_data = this;
    errors.error_exit = [](j_common_ptr common) {
      auto* self = static_cast<Decoder*>(common->client_data);
      common->err->format_message(common, self->message);
      std::longjmp(self->back, 1);
    };
    // Data that end early or break off are only warnings to libjpeg, which paints the rest grey.
    errors.emit_message = [](j_common_ptr common, int level) {
      auto* self = static_cast<Decoder*>(common->client_data);
      const int code = common->err->msg_code;
      if (level >= 0 || code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
      if (!self->damaged) common->err->format_message(common, self->message);
      self->damaged = true;
    };
    errors.output_message = [](j_common_ptr) {};
    // A small file can ask for thousands of passes over a large picture.
    progress.progress_monitor = [](j_common_ptr common) {
      auto* self = static_cast<Decoder*>(common->client_data);
      if (self->jpeg.input_scan_number <= 500) return;
      fmt::format_to_n(self->message, sizeof self->message - 1, "more than 500 scans");
      std::longjmp(self->back, 1);
    };
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
};

/// Runs a step that has nothing to destroy when libjpeg jumps out of it; false when it did.
template <class Step>
bool guarded(Decoder& decoder, const Step& step) {
  if (setjmp(decoder.back)) return false;
  step();
  return true;
}

bool start(Decoder& decoder, std::span<const std::uint8_t> file) {
  return guarded(decoder, [&] {
    jpeg_create_decompress(&decoder.jpeg);
    decoder.jpeg.client_data = &decoder;
    decoder.jpeg.progress = &decoder.progress;
    jpeg_mem_src(&decoder.jpeg, file.data(), static_cast<unsigned long>(file.size()));
    jpeg_read_header(&decoder.jpeg, TRUE);
  });
}

bool read_rows(Decoder& decoder, GreyBytes& grey) {
  return guarded(decoder, [&] {
    decoder.jpeg.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&decoder.jpeg);
    while (decoder.jpeg.output_scanline < decoder.jpeg.output_height) {
      JSAMPROW row = grey.pixels.data() + std::size_t{decoder.jpeg.output_scanline} * decoder.jpeg.output_width;
      jpeg_read_scanlines(&decoder.jpeg, &row, 1);
    }
    jpeg_finish_decompress(&decoder.jpeg);
  });
}

}  // namespace

std::expected<GreyBytes, std::string> decode_jpeg(std::span<const std::uint8_t> file, std::size_t max_pixels) {
  Decoder decoder;
  if (!start(decoder, file)) return std::unexpected(decoder.message);
  const auto& jpeg = decoder.jpeg;
  const std::size_t count = std::size_t{jpeg.image_width} * jpeg.image_height;
  if (count > max_pixels)
    return std::unexpected(fmt::format("{} x {} pixels are too many", jpeg.image_width, jpeg.image_height));
  GreyBytes grey{static_cast<int>(jpeg.image_width), static_cast<int>(jpeg.image_height),
                 std::vector<std::uint8_t>(count)};
  if (!read_rows(decoder, grey) || decoder.damaged) return std::unexpected(decoder.message);
  return grey;
}

}  // namespace atelier::detail
