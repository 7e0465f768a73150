#pragma once

#include <string>
#include <string_view>

namespace ipucnn::load {

// What a cluster's API server takes. Each says why a text is none, as the end of "KEY needs ...";
// empty when it is one.

/// A quantity of Kubernetes above 0; `of` is cpus, or bytes, which are whole.
std::string refuse_quantity(std::string_view of, std::string_view text);
/// `form` is label, or subdomain: labels with dots between them.
std::string refuse_dns_name(std::string_view form, std::string_view text);
std::string refuse_image(std::string_view text);
/// A folder of the worker where a claim may be mounted.
std::string refuse_mount_path(std::string_view text);
/// The name of a variable of the worker, which is the key in its secret, too.
std::string refuse_variable(std::string_view text);

}  // namespace ipucnn::load
