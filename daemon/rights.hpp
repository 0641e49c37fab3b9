// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>

namespace consolidador {

/// Root who is to write in a folder that is another account's, as `once` does in the service's,
/// becomes that account for the rest of the process: what it has planted there then opens nothing
/// that it may not open itself. The account is the first but root that owns a folder on the way to
/// `folder`; where there is none, and for everybody but root, nothing is done. To be called while
/// there is one thread, with the configuration read and nothing in `folder` open. Throws
/// ConfigError where it may not be done.
void become_owner_of(const std::filesystem::path& folder);

}  // namespace consolidador
