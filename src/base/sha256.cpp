// sha256.cpp: SHA-256 by libcrypto.
#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <new>

namespace atelier {
namespace {

EVP_MD_CTX* raw(const std::shared_ptr<void>& context) { return static_cast<EVP_MD_CTX*>(context.get()); }

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), [](void* p) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(p)); }) {
  // libcrypto fails here only when memory has run out.
  if (!context_ || EVP_DigestInit_ex(raw(context_), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
}

void Sha256::update(std::span<const std::uint8_t> bytes) {
  EVP_DigestUpdate(raw(context_), bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  EVP_DigestFinal_ex(raw(context_), digest.data(), nullptr);
  return digest;
}

Sha256Digest sha256(std::span<const std::uint8_t> bytes) {
  Sha256 running;
  running.update(bytes);
  return running.finish();
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t b : bytes) {
    text += digits[b >> 4];
    text += digits[b & 15];
  }
  return text;
}

}  // namespace atelier
