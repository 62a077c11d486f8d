// connection.cpp: requests are read within limits of size and time, answers written piece by piece.
#include "serve/detail/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "serve/beneath.hpp"
#include "serve/detail/wire.hpp"

namespace atelier::detail {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kDrained = 4 * 1024 * 1024;
constexpr int kDrainMs = 2000;

Request plain(const http::request<http::string_body>& message) {
  Request request{std::string(message.method_string()), std::string(message.target()), {}, message.body()};
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    request.headers.push_back({std::move(name), std::string(field.value())});
  }
  return request;
}

int status_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Hall& hall)
    : stream_(std::move(socket)), hall_(hall), place_(hall.all.emplace(hall.all.end())) {}

Connection::~Connection() {
  if (listener_) hall_.feed().leave(*listener_);
  if (owes_) hall_.owing.erase(*owes_);
  hall_.all.erase(place_);
}

void Connection::start() {
  *place_ = weak_from_this();
  await_request(hall_.limits.request_ms);
}

void Connection::drop() { stream_.close(); }

void Connection::await_request(int patience_ms) {
  if (!owes_) owes_ = hall_.owing.insert(hall_.owing.end(), weak_from_this());
  if (buffer_.size() > 0) return read_request();
  stream_.expires_after(std::chrono::milliseconds(patience_ms));
  constexpr std::size_t kFirst = 4096;
  stream_.async_read_some(buffer_.prepare(kFirst), [self = shared_from_this()](Error error, std::size_t size) {
    if (error) return;  // it went, or waited too long
    self->buffer_.commit(size);
    self->read_request();
  });
}

void Connection::read_request() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(hall_.limits.header_bytes));
  parser_->body_limit(hall_.limits.body_bytes);
  stream_.expires_after(std::chrono::milliseconds(hall_.limits.request_ms));
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](Error error, std::size_t) {
    if (error) return self->refuse(error);
    self->keep_alive_ = self->parser_->keep_alive();
    self->head_only_ = self->parser_->get().method() == http::verb::head;
    self->work(plain(self->parser_->get()));
  });
}

// A client that went away or was too slow hears nothing; one that sent what is no request, or too much, hears why.
void Connection::refuse(const Error& error) {
  if (error.category() != boost::system::error_code(http::error::end_of_stream).category() ||
      error == http::error::end_of_stream)
    return;
  refused_ = true;
  const int status = status_of(error);
  Response response = error_response(status, atelier::Error{Trouble::usage, "this request cannot be read", {}, {}});
  add_safety(response);
  send(std::move(response), false);
}

void Connection::work(Request request) {
  if (owes_) hall_.owing.erase(*std::exchange(owes_, std::nullopt));
  stream_.expires_never();
  if (hall_.at_work >= hall_.limits.waiting) {
    Response busy = error_response(503, atelier::Error{Trouble::usage, "too many requests at once", {}, "try again"});
    add_safety(busy);
    return send(std::move(busy), keep_alive_);
  }
  hall_.at_work++;
  asio::post(hall_.workers, [self = shared_from_this(), request = std::move(request)]() mutable {
    auto response = std::make_shared<Response>(self->hall_.answer(request));
    const auto executor = self->stream_.get_executor();
    asio::post(executor, [self = std::move(self), response] {
      self->hall_.at_work--;
      self->send(std::move(*response), self->keep_alive_);
    });
  });
}

void Connection::send(Response response, bool keep_alive) {
  response_ = std::move(response);
  keep_alive_ = keep_alive && response_.length();
  head_ = head_of(response_, keep_alive_);
  sent_ = 0;
  stream_.expires_after(std::chrono::milliseconds(hall_.limits.write_ms));
  asio::async_write(stream_, asio::buffer(head_), [self = shared_from_this()](Error error, std::size_t) {
    if (error) return;
    if (self->head_only_ || self->response_.status == 304) return self->finish();
    if (std::holds_alternative<EventStream>(self->response_.body)) return self->listen();
    self->send_body();
  });
}

// A file that turns out shorter than it was leaves the promised length unmet: the connection is all that can end then.
void Connection::send_body() {
  const std::uint64_t length = response_.length().value_or(0);
  if (sent_ == length) return finish();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(length - sent_, kPiece));
  if (const auto* file = std::get_if<OpenFile>(&response_.body)) {
    auto read = read_at(*file, sent_, size);
    if (!read || read->size() != size) return drop();
    piece_ = *std::move(read);
    return send_piece(asio::buffer(piece_));
  }
  const auto* text = std::get_if<std::string>(&response_.body);
  const void* bytes =
      text ? static_cast<const void*>(text->data()) : std::get<std::span<const std::uint8_t>>(response_.body).data();
  send_piece(asio::buffer(static_cast<const char*>(bytes) + sent_, size));
}

void Connection::send_piece(asio::const_buffer piece) {
  stream_.expires_after(std::chrono::milliseconds(hall_.limits.write_ms));
  asio::async_write(stream_, piece, [self = shared_from_this()](Error error, std::size_t size) {
    if (error) return;
    self->sent_ += size;
    self->send_body();
  });
}

void Connection::finish() {
  response_ = {};
  if (keep_alive_) return await_request(hall_.limits.idle_ms);
  Error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (!refused_) return;
  stream_.expires_after(std::chrono::milliseconds(kDrainMs));
  drain(kDrained);
}

// Closed with bytes unread, the socket would reset and the client lose the answer.
void Connection::drain(std::size_t left) {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kPiece / 4),
                          [self = shared_from_this(), left](Error error, std::size_t size) {
                            if (!error && size < left) self->drain(left - size);
                          });
}

void Connection::listen() {
  const std::string after = std::get<EventStream>(response_.body).after;
  const std::weak_ptr<Connection> weak = weak_from_this();
  const auto executor = stream_.get_executor();
  watch_for_end();
  listener_ = hall_.feed().join(after, [weak, executor](const Feed::Text& text) {
    asio::post(executor, [weak, text] {
      if (const auto self = weak.lock()) self->take(text);
    });
  });
}

void Connection::take(const Feed::Text& text) {
  queued_bytes_ += text->size();
  if (queued_bytes_ > hall_.limits.event_bytes) return drop();  // it comes back, and catches up
  queue_.push_back(text);
  if (!sending_) send_events();
}

void Connection::send_events() {
  sending_ = !queue_.empty();
  if (!sending_) return;
  stream_.expires_after(std::chrono::milliseconds(hall_.limits.write_ms));
  asio::async_write(stream_, asio::buffer(*queue_.front()), [self = shared_from_this()](Error error, std::size_t) {
    if (error) return self->drop();
    self->queued_bytes_ -= self->queue_.front()->size();
    self->queue_.pop_front();
    self->send_events();
  });
}

/// A client of the feed has nothing more to say: whatever comes ends it.
void Connection::watch_for_end() {
  stream_.expires_never();
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(1), [self = shared_from_this()](Error, std::size_t) { self->drop(); });
}

}  // namespace atelier::detail
