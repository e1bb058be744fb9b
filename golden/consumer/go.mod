module example.com/consumer

go 1.26.0

tool github.com/porin-dev/porin/cmd/porin

require github.com/porin-dev/porin v0.0.0

replace github.com/porin-dev/porin => ../..
