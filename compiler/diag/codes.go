package diag

// Code is the stable name of a kind of mistake, such as P0105. Codes are
// literals: one that is released keeps its number and meaning for good, and
// the number of a removed one is not used again.
//
// Each constant has a section of the same number in explain/, with a title, an
// explanation and two examples.
type Code string

// Files, CUE syntax and the shape of a spec.
const (
	NoSuchFile        Code = "P0101" // A file or folder named on the command line does not exist.
	NoSpecFiles       Code = "P0102" // The folder holds no .cue file of a spec.
	NotDirectory      Code = "P0103" // A file where the folder of a spec is expected.
	EmptySpec         Code = "P0104" // The files hold no `connector`.
	UnknownField      Code = "P0105" // No such field here, nor anywhere near.
	MisplacedField    Code = "P0106" // The field exists, in another place.
	WrongType         Code = "P0107" // A string where a number is expected, and so on.
	NotOneOf          Code = "P0108" // Not a member of a closed list of words.
	ConflictingValues Code = "P0109" // Two places give a field different values.
	NoChoice          Code = "P0110" // A choice with none of its keys.
	SeveralChoices    Code = "P0111" // A choice with more than one key.
	MissingField      Code = "P0112" // A required field is absent.
	CUESyntax         Code = "P0113" // The file does not parse as CUE.
	CUEError          Code = "P0114" // Any other complaint of CUE, shown as it is.
	PackageMismatch   Code = "P0115" // No package clause, or two packages in one folder.
	UnexpectedImport  Code = "P0116" // An import of something that is not in CUE's library.
	Unreadable        Code = "P0117" // A file exists and cannot be read.
	NotConcrete       Code = "P0118" // A type, or nothing decided, where a value is expected.
	UnknownReference  Code = "P0119" // A CUE identifier that nothing declares.
	OutOfRange        Code = "P0120" // A number outside what the field allows.
	BadDuration       Code = "P0121" // Not a length of time such as 5s or 1m.
	BadURL            Code = "P0122" // Not an absolute http or https address.
	InsecureURL       Code = "P0123" // Warning: credentials would travel over plain http.
	MissingUnit       Code = "P0124" // A wait, time or offset that does not name its unit.
)

// Pages and paths.
const (
	PathSyntax       Code = "P0201" // A path that does not parse.
	PathNotInType    Code = "P0202" // A step of a path that the type does not have.
	PathWrongType    Code = "P0203" // The path leads to a type the rule cannot use.
	ItemsNotList     Code = "P0204" // page.items leads to something that is not a list.
	TwoPageRules     Code = "P0205" // More than one style of paging.
	PageCannotEnd    Code = "P0206" // No end rule ever holds.
	EndNeedsSource   Code = "P0207" // end: ["more"] without `more`, and the like.
	EndUnfit         Code = "P0208" // An end rule that the style of paging does not have.
	PageParamUnknown Code = "P0209" // Cursor, offset or size goes to a parameter the action lacks.
	PageParamType    Code = "P0210" // The parameter cannot hold what is sent to it.
	PageWithoutReply Code = "P0211" // A page rule on an action that returns nothing.
	PageSizeRange    Code = "P0212" // The default size is above the maximum, or above the parameter's bound.
	PathUnchecked    Code = "P0213" // Warning: the path runs through a value of any type.
	ScrollUnfit      Code = "P0214" // The action that continues a list cannot.
	WindowUnfit      Code = "P0215" // A list that is cut into parts does not say how.
)

// Types and attributes.
const (
	UnknownAttribute    Code = "P0301"
	BadAttribute        Code = "P0302" // A wrong, missing or superfluous argument.
	MisplacedAttribute  Code = "P0303" // The attribute says nothing about this kind of field.
	UnknownType         Code = "P0304" // A reference to a definition that does not exist.
	EndlessType         Code = "P0305" // A type that requires itself: no value is finite.
	AmbiguousUnion      Code = "P0306" // Warning: variants that a reader cannot tell apart.
	UnsupportedType     Code = "P0307" // CUE that is no type of the language.
	CompositionConflict Code = "P0308" // `#A & #B` disagree about a field.
	UnusedType          Code = "P0309" // Warning: nothing refers to the type.
	MixedEnum           Code = "P0310" // Strings and numbers in one enum.
	BadPattern          Code = "P0311" // A regular expression that does not compile.
	EmptyRange          Code = "P0312" // Bounds that no value satisfies.
	BadDefault          Code = "P0313" // A default that the type does not allow.
	UnmarkedField       Code = "P0314" // A field of a type with neither `!` nor `?`.
	ChoiceUnknown       Code = "P0315" // @anyof names a member that the type does not have.
	ChoiceIdle          Code = "P0316" // @anyof leaves nothing to choose.
	HiddenField         Code = "P0317" // A marked member whose name CUE hides.
)

// Templates and settings.
const (
	TemplateSyntax       Code = "P0401"
	UnknownScope         Code = "P0402"
	CredOutsideAuth      Code = "P0403" // `cred` outside auth and webhook verification.
	ScopeNotHere         Code = "P0404" // A scope that exists and means nothing in this place.
	UnknownTemplateName  Code = "P0405" // The scope has no such name.
	TemplateNotText      Code = "P0406" // The name is an object or a list; a template yields text.
	OptionalInTemplate   Code = "P0407" // A value that may be absent, in a place that may not be empty.
	UnknownSetting       Code = "P0410" // conn.NAME without a setting NAME.
	CaptureWithoutHosts  Code = "P0411" // A captured url or host without an allow-list.
	BadHostPattern       Code = "P0412" // An allow-list that lets everything through, or is no host.
	SettingWithoutSource Code = "P0413" // from: "discover" without action, from: "callback" without at.
	SettingDefault       Code = "P0414" // The default is no value of the setting's type.
	UnusedSetting        Code = "P0415" // Warning.
	RequiredWithDefault  Code = "P0417" // Warning: required, and never missing.
	UnknownServer        Code = "P0416" // An action names a server that is not declared.
)

// Authentication.
const (
	UnknownAuth           Code = "P0501" // An action names a method that is not declared.
	NoAuth                Code = "P0502" // Warning: no auth at all, and no `none`.
	OAuthWithoutGrant     Code = "P0503" // oauth2 without `code`, `client` or `device`.
	KeyInQuery            Code = "P0504" // Warning: a secret in the URL ends up in logs.
	ScopesWithoutOAuth    Code = "P0505" // Warning: scopes that no method can ask for.
	WeakPKCE              Code = "P0506" // Warning: pkce: "plain".
	SignedUnsent          Code = "P0507" // A time or a nonce that is signed and not sent.
	BadHeaderName         Code = "P0508" // A header that HTTP cannot carry.
	CertificateWithoutTLS Code = "P0509" // A certificate for an address without TLS.
	ProofUnfit            Code = "P0510" // A proof beside what has none.
)

// Errors, effects and retry.
const (
	UnknownClass    Code = "P0601"
	ShadowedRule    Code = "P0602" // An earlier rule always matches first.
	MatchesAll      Code = "P0603" // A rule without condition.
	UnknownOperator Code = "P0604" // In a matcher.
	BadOperand      Code = "P0605" // An operator with a value it cannot compare.
	BadStatus       Code = "P0606" // Neither a status nor a class such as 5xx.
	UnusedWait      Code = "P0607" // Warning: a wait on a class that is never sent again.
	RetryOnCreate   Code = "P0610" // A retry that could write twice.
	KeyedWithoutKey Code = "P0611"
	KeyWithoutKeyed Code = "P0612"
	RecoverUnfit    Code = "P0613" // recover on an action that is safe to send twice.
	RecoverNotRead  Code = "P0614" // The action that looks the thing up changes something.
	EffectOddMethod Code = "P0615" // Warning: a GET that creates, and the like.
	RetryHopeless   Code = "P0616" // Retry of a class that sending again cannot help.
	UnknownEffect   Code = "P0617"
	RecoverMisfit   Code = "P0618" // recover with parameters or a result that do not fit.
)

// Limits.
const (
	UnknownLimit      Code = "P0701"
	LimitWithoutBy    Code = "P0702"
	UnknownLimitKey   Code = "P0703" // A key under `by` that is none of the known ones.
	LimitInputUnknown Code = "P0704" // by: "in.NAME" on an action without that input.
	UnusedLimit       Code = "P0705" // Warning.
	LimitNotPositive  Code = "P0706" // Zero or fewer calls.
	CostAboveLimit    Code = "P0707" // A cost that the bucket can never pay.
)

// Webhooks.
const (
	WebhookWithoutVerify  Code = "P0801"
	VerifyNoneUnexplained Code = "P0802" // verify: none without a reason.
	EventNotObject        Code = "P0803" // The type of an event is not an object.
	TimestampWithoutAge   Code = "P0804" // Warning: a signed timestamp whose age is not checked.
	WeakHash              Code = "P0805" // Warning: sha1 or md5.
	BodyNotSigned         Code = "P0806" // The signed text leaves the body out.
	AgeNotSigned          Code = "P0807" // The timestamp is not part of the signed text.
	SecretNotCred         Code = "P0808" // A secret that is not cred.NAME.
	WebhookWithoutEvents  Code = "P0809"
)

// Actions, names, resources, flows, hooks and evidence.
const (
	NoMethod           Code = "P0901"
	TwoMethods         Code = "P0902"
	UnknownAction      Code = "P0903" // In a resource, flow, sync, setting, recover or test.
	DuplicateGoName    Code = "P0904"
	FrozenNameChanged  Code = "P0905" // The lock file pins another Go name.
	FrozenNameRemoved  Code = "P0906" // The lock file pins a name that is gone.
	BadGoName          Code = "P0907" // @name is not an exported Go identifier.
	PathParamUnknown   Code = "P0908" // {in.id} in the path without `path: id`.
	PathParamUnused    Code = "P0909" // `path: id` without {in.id} in the path.
	BodyOnGet          Code = "P0911" // Warning.
	HookWithoutWhy     Code = "P0912"
	NotCompiledYet     Code = "P0913" // Checked; the backend for it does not exist yet.
	UnknownResource    Code = "P0914" // resource.within names none.
	ResourceKeyUnknown Code = "P0915" // The key is not an input of the action.
	UnknownStep        Code = "P0916" // A flow reads a step that comes later, or does not exist.
	SyncNotPaged       Code = "P0917" // A sync over an action without a page rule.
	AssumedStrict      Code = "P0918" // --strict: an assumption that could lose data or money.
	Assumed            Code = "P0919" // Note: an assumption.
	NoActions          Code = "P0920" // Warning.
	BadLockFile        Code = "P0921"
	AbsolutePath       Code = "P0922" // An action's path names a host.
	MediaUnfit         Code = "P0923" // media without a body, on a multipart body, or no media type.
	SameRequest        Code = "P0924" // Warning: nothing tells the requests of two actions apart.
	PathNotBare        Code = "P0925" // A query or a fragment in an action's path.
	StreamUnfit        Code = "P0926" // A stream without items, or beside a page rule, a batch or another reply.
)

// OpenAPI input.
const (
	DocIsDirectory  Code = "P1001"
	DocEmpty        Code = "P1002"
	DocNotJSON      Code = "P1003" // HTML, or another format.
	DocSyntax       Code = "P1004" // JSON or YAML that does not parse, or ends in the middle.
	NotOpenAPI      Code = "P1005"
	OpenAPIVersion  Code = "P1006"
	DocStructure    Code = "P1007" // OpenAPI, but not built as OpenAPI says.
	BrokenRef       Code = "P1008"
	RefCycle        Code = "P1009"
	ExternalRef     Code = "P1010" // A $ref into another file.
	DocTooLarge     Code = "P1011"
	DocUnreachable  Code = "P1012" // The address does not answer with a document.
	NothingSelected Code = "P1013" // No operation is left to draft.
	DraftInTheWay   Code = "P1014" // A spec file of that name exists and is not drafted.
	DraftNote       Code = "P1015" // Note: what the draft made of something that a spec cannot say.
)

// Output, files and tools.
const (
	OutputNotWritable Code = "P1101"
	HandWrittenInWay  Code = "P1102" // Go of the same name that porin did not write.
	GeneratedEdited   Code = "P1103" // Written by porin and changed by hand since.
	GeneratedOutdated Code = "P1104" // Written from an older spec, or by an older porin.
	OutputIsFile      Code = "P1105"
	NoGoToolchain     Code = "P1106" // porin test needs Go.
	GeneratedNoBuild  Code = "P1107" // The generated package does not build.
	InternalError     Code = "P1199" // A bug of the compiler.
)

// Quirks: the knowledge base.
const (
	QuirksUnreadable Code = "P1201" // The folder that --quirks names cannot be read.
	QuirksInvalid    Code = "P1202" // A file of quirks that is not what the schema of one says.

	QuirkContradicted Code = "P1203" // Warning: the spec says otherwise than a fact.
	QuirkIgnored      Code = "P1204" // Warning: the spec does not say what a fact does.
)
