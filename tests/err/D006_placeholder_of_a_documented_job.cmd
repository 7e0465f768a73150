run --job tf1-resnet50-gn16-train --dry-run --format argv
