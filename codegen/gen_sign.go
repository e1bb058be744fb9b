package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// signFuncs declares the function of a method whose credential is a signature on
// each request, and what the runtime has to know of it.
func (g *generator) signFuncs(a *ir.Auth) []decl {
	facts := unexported(authName(a)) + "Signing"
	doc := fmt.Sprintf("%s authenticates by signing each request.", authName(a))
	// func Storage(accessKeyID, secretAccessKey string) Auth {
	//	return Auth{rt.SignedRequests(&storageSigning, map[string]rt.Secret{"access_key_id": rt.NewSecret(accessKeyID), ...})}
	// }
	return []decl{
		g.authFunc(authName(a), authDoc(a, doc), a.Secrets(), gofile.CallLines(gofile.RT("SignedRequests"), gofile.Op("&").Id(facts), g.secretMap(a))),
		{facts + " is how requests are signed.", gofile.Var(facts).Op("=").Add(g.signing(a.Sign))},
	}
}

func (g *generator) signingRef(s *ir.Sign) *gofile.Code {
	if s == nil {
		return nil
	}
	return gofile.Op("&").Add(g.signing(s))
}

// signing is rt.Signing{...}.
func (g *generator) signing(s *ir.Sign) *gofile.Code {
	if s.Scheme == "aws4" || s.Scheme == "oauth1" {
		return gofile.FieldLines(gofile.RT("Signing"),
			gofile.KV{Name: "AWS", Value: g.awsSigning(s)},
			gofile.KV{Name: "OAuth1", Value: g.oauth1Signing(s)})
	}
	in, name := slotPlace(s.To)
	scheme := map[string]string{"hash": "SchemeDigest", "rsa": "SchemeRSA", "ecdsa": "SchemeECDSA", "ed25519": "SchemeEd25519"}[s.Scheme]
	return gofile.FieldLines(gofile.RT("Signing"),
		gofile.KV{Name: "Scheme", Value: optionalRT(scheme)},
		gofile.KV{Name: "Hash", Value: hashConst(s.Algorithm)},
		gofile.KV{Name: "Key", Value: g.authParts(s.Key)},
		gofile.KV{Name: "KeyAs", Value: encodingConst(s.KeyAs)},
		gofile.KV{Name: "Header", Value: g.authMembers(s.Headers)},
		gofile.KV{Name: "Query", Value: g.authMembers(s.Query)},
		gofile.KV{Name: "Signed", Value: g.authParts(s.Signed)},
		gofile.KV{Name: "Wrapped", Value: gofile.True(s.SignedAs == "base64")},
		gofile.KV{Name: "Encoding", Value: encodingConst(s.Encoding)},
		gofile.KV{Name: "In", Value: g.placeConst(in)},
		gofile.KV{Name: "Name", Value: gofile.String(name)},
		gofile.KV{Name: "Value", Value: g.authParts(s.Value)})
}

func (g *generator) awsSigning(s *ir.Sign) *gofile.Code {
	if s.Scheme != "aws4" {
		return nil
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("AWSSigning"),
		gofile.KV{Name: "Service", Value: g.authParts(s.Service)},
		gofile.KV{Name: "Region", Value: g.authParts(s.Region)},
		gofile.KV{Name: "KeyID", Value: g.authParts(s.KeyID)},
		gofile.KV{Name: "Key", Value: g.authParts(s.Key)},
		gofile.KV{Name: "Session", Value: g.authParts(s.Session)},
		gofile.KV{Name: "UnsignedBody", Value: gofile.True(s.UnsignedBody)}))
}

func (g *generator) oauth1Signing(s *ir.Sign) *gofile.Code {
	if s.Scheme != "oauth1" {
		return nil
	}
	return gofile.Op("&").Add(gofile.FieldLines(gofile.RT("OAuth1Signing"),
		gofile.KV{Name: "Method", Value: gofile.Lit(s.Algorithm)},
		gofile.KV{Name: "Consumer", Value: g.authParts(s.KeyID)},
		gofile.KV{Name: "ConsumerSecret", Value: g.authParts(s.Key)},
		gofile.KV{Name: "Token", Value: g.authParts(s.Token)},
		gofile.KV{Name: "TokenSecret", Value: g.authParts(s.TokenSecret)},
		gofile.KV{Name: "Realm", Value: g.authParts(s.Realm)}))
}
