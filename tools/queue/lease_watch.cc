#include "tools/queue/lease_watch.h"

#include <algorithm>

namespace smbatcher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kBetweenLooks{1000};

}  // namespace

pollfd LeaseWatch::waited() const { return {keeper_->due_in() && may_look() ? folder_->descriptor() : -1, POLLIN, 0}; }

std::optional<milliseconds> LeaseWatch::timeout() const {
  const auto due_in = keeper_->due_in();
  if (!due_in || may_look()) {
    return due_in;
  }
  return std::min(*due_in, std::chrono::ceil<milliseconds>(next_look_ - steady_clock::now()));
}

void LeaseWatch::attend(bool changed) {
  if (const auto due_in = keeper_->due_in(); due_in && due_in->count() == 0) {
    keeper_->renew();
  }
  if (changed) {
    folder_->drain();
    keeper_->look();
    next_look_ = steady_clock::now() + kBetweenLooks;
  }
}

}  // namespace smbatcher
