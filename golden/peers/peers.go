// Package peers asks for the generators that Porin is compared with, as tools,
// and for what the packages that they generate import. It is a module of its
// own, so that none of it reaches users.
package peers

import (
	_ "github.com/go-openapi/errors"
	_ "github.com/go-openapi/runtime"
	_ "github.com/go-openapi/runtime/client"
	_ "github.com/go-openapi/strfmt"
	_ "github.com/go-openapi/swag"
	_ "github.com/go-openapi/swag/cmdutils"
	_ "github.com/go-openapi/swag/conv"
	_ "github.com/go-openapi/swag/jsonutils"
	_ "github.com/go-openapi/swag/typeutils"
	_ "github.com/go-openapi/validate"
	_ "github.com/oapi-codegen/runtime"
	_ "github.com/oapi-codegen/runtime/types"
)
