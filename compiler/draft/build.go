package draft

import (
	"github.com/pb33f/libopenapi/datamodel"
	v2 "github.com/pb33f/libopenapi/datamodel/high/v2"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	lowv2 "github.com/pb33f/libopenapi/datamodel/low/v2"
	lowv3 "github.com/pb33f/libopenapi/datamodel/low/v3"
)

// The models are built here rather than by libopenapi's root package, which
// brings its comparison, Arazzo and overlay packages along: half of what
// building the porin command costs. References that libopenapi finds fault
// with are no reason to refuse a document: those that lead nowhere were
// repaired before.

// buildV2 builds the model of a Swagger document, or returns nil.
func buildV2(info *datamodel.SpecInfo, how *datamodel.DocumentConfiguration) (*v2.Swagger, error) {
	low, err := lowv2.CreateDocumentFromConfig(info, how)
	if low == nil {
		return nil, err
	}
	return v2.NewSwaggerDocument(low), nil
}

// buildV3 builds the model of an OpenAPI 3 document, or returns nil.
func buildV3(info *datamodel.SpecInfo, how *datamodel.DocumentConfiguration) (*v3.Document, error) {
	low, err := lowv3.CreateDocumentFromConfig(info, how)
	if low == nil {
		return nil, err
	}
	return v3.NewDocument(low), nil
}
