package draft

import (
	"errors"

	"github.com/pb33f/libopenapi/datamodel"
	v2 "github.com/pb33f/libopenapi/datamodel/high/v2"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	lowv2 "github.com/pb33f/libopenapi/datamodel/low/v2"
	lowv3 "github.com/pb33f/libopenapi/datamodel/low/v3"
	"github.com/pb33f/libopenapi/index"
)

// The models are built here rather than by libopenapi's root package, which
// brings its comparison, Arazzo and overlay packages along: half of what
// building the porin command costs.

// buildV2 builds the model of a Swagger document, or returns nil.
func buildV2(info *datamodel.SpecInfo, how *datamodel.DocumentConfiguration) (*v2.Swagger, error) {
	low, err := lowv2.CreateDocumentFromConfig(info, how)
	if low == nil || unresolved(err) {
		return nil, err
	}
	return v2.NewSwaggerDocument(low), nil
}

// buildV3 builds the model of an OpenAPI 3 document, or returns nil.
func buildV3(info *datamodel.SpecInfo, how *datamodel.DocumentConfiguration) (*v3.Document, error) {
	low, err := lowv3.CreateDocumentFromConfig(info, how)
	if low == nil || unresolved(err) {
		return nil, err
	}
	return v3.NewDocument(low), nil
}

// unresolved reports whether a reference leads nowhere. Circles are no
// mistake: types refer to each other.
func unresolved(err error) bool {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			if unresolved(e) {
				return true
			}
		}
		return false
	}
	var ref *index.ResolvingError
	return errors.As(err, &ref) && ref.CircularReference == nil
}
