#pragma once

namespace ipucnn {

/// For what goes through one large array after the other, as a report through series: what one
/// gives back the next one takes, because giving it to the system in between costs as much as
/// reading does.
void keep_freed_memory();

}  // namespace ipucnn
