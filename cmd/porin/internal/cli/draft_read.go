package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/porin-dev/porin/compiler/diag"
	"github.com/porin-dev/porin/compiler/draft"
	"github.com/porin-dev/porin/compiler/ir"
)

// reader reads an OpenAPI document and the files that it refers to. What the
// document names is not trusted: below its own folder or address it is read,
// elsewhere only where the user allows it.
type reader struct {
	source  string        // A file or an address.
	allow   []string      // More folders and addresses.
	timeout time.Duration // For the document, and for the other files together.
	left    int64         // How many bytes of other files are read.
	until   time.Time     // When the other files have to be there; zero before the first.
}

func isAddress(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// document reads the document. What goes wrong is reported, and the document
// is nil.
func (d *reader) document(ctx context.Context, r *diag.Report) []byte {
	at := ir.Pos{File: d.source}
	if isAddress(d.source) {
		ctx, cancel := context.WithTimeout(ctx, d.timeout)
		defer cancel()
		data, err := d.fetch(ctx, d.source, draft.MaxDocument, nil)
		if err != nil {
			r.Errorf(diag.DocUnreachable, at, "the address does not answer with a document: %s", err).
				Help("download it with a browser or curl, and name the file")
			return nil
		}
		return data
	}
	info, err := os.Stat(d.source)
	switch {
	case os.IsNotExist(err):
		r.Errorf(diag.NoSuchFile, at, "no such file").
			Help("name a file, relative to the folder that porin runs in, or an address")
	case err != nil:
		r.Errorf(diag.Unreadable, at, "the file cannot be read")
	case info.IsDir():
		r.Errorf(diag.DocIsDirectory, at, "an OpenAPI document is a file, and this is a folder").
			Help("name the .json or .yaml file in it")
	case info.Size() > draft.MaxDocument:
		r.Errorf(diag.DocTooLarge, at, "the document has %d MB; at most %d are read", info.Size()>>20, draft.MaxDocument>>20).
			Help("cut it down to the operations that you need")
	default:
		data, err := readAtMost(d.source, draft.MaxDocument)
		switch {
		case err != nil:
			r.Errorf(diag.Unreadable, at, "the file cannot be read")
			return nil
		case len(data) > draft.MaxDocument:
			r.Errorf(diag.DocTooLarge, at, "the document has no end within %d MB", draft.MaxDocument>>20).
				Help("name a file")
			return nil
		}
		return data
	}
	return nil
}

// readAtMost reads a file, which may be a pipe or a device, and one byte more
// than most of what is longer. It is never nil without an error.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most+1))
}

// fetch reads an address. Redirections to where permitted says no are not
// followed.
func (d *reader) fetch(ctx context.Context, address string, most int64, permitted func(string) bool) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("it is not an address")
	}
	client := &http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) >= 10 {
			return errors.New("it redirects in a circle")
		}
		if permitted != nil && !permitted(req.URL.String()) {
			return fmt.Errorf("it redirects to %s, which is not allowed", req.URL.Host)
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, d.plainly(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, fmt.Errorf("it is encoded as %q, which was not asked for", coding)
	}
	if resp.ContentLength > most {
		return nil, fmt.Errorf("it has %d MB, and at most %d are read", resp.ContentLength>>20, most>>20)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return nil, d.plainly(err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("it has more than %d MB", most>>20)
	}
	return data, nil
}

// plainly takes out of an error what a person knows already.
func (d *reader) plainly(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("it is not complete within %s; --timeout gives it longer", d.timeout)
	}
	var inner *url.Error
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// open reads a file that the document refers to: an address, or the name of a
// file as seen from the folder that porin runs in.
func (d *reader) open(ctx context.Context, name string) ([]byte, error) {
	if d.left <= 0 {
		return nil, errors.New("the files that the document refers to are too large together")
	}
	var data []byte
	var err error
	switch {
	case isAddress(name):
		if !d.permitted(name) {
			return nil, fmt.Errorf("it is not below the document's own address; --allow-ref %s permits it", folderOf(name))
		}
		if d.until.IsZero() {
			d.until = time.Now().Add(d.timeout)
		}
		ctx, cancel := context.WithDeadline(ctx, d.until)
		defer cancel()
		data, err = d.fetch(ctx, name, d.left, d.permitted)
	case strings.Contains(name, "://") || isAddress(d.source):
		return nil, errors.New("it is neither a file nor an http(s) address")
	default:
		data, err = d.openFile(filepath.FromSlash(name))
	}
	d.left -= int64(len(data))
	return data, err
}

// permitted reports whether an address is below the document's or an allowed
// one.
func (d *reader) permitted(address string) bool {
	for _, base := range append([]string{folderOf(d.source)}, d.allow...) {
		if isAddress(base) && below(base, address) {
			return true
		}
	}
	return false
}

// folderOf is an address up to its last slash.
func folderOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || !isAddress(address) {
		return ""
	}
	dir := path.Dir(u.Path)
	if strings.HasSuffix(u.Path, "/") {
		dir = u.Path
	}
	return u.Scheme + "://" + u.Host + strings.TrimSuffix(dir, "/") + "/"
}

func below(base, address string) bool {
	b, err1 := url.Parse(base)
	u, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || b.Scheme != u.Scheme || b.Host != u.Host || u.User != nil {
		return false
	}
	return strings.HasPrefix(path.Clean("/"+u.Path), strings.TrimSuffix(path.Clean("/"+b.Path), "/")+"/")
}

// openFile reads a file below the document's folder or an allowed one, where
// links lead out of neither.
func (d *reader) openFile(name string) ([]byte, error) {
	for _, dir := range append([]string{filepath.Dir(d.source)}, d.allow...) {
		if isAddress(dir) {
			continue
		}
		rel, err := relative(dir, name)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			continue
		}
		defer root.Close()
		return d.readIn(root, rel)
	}
	return nil, fmt.Errorf("it is outside of the document's folder; --allow-ref %s permits it", filepath.ToSlash(filepath.Dir(name)))
}

func relative(dir, name string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if name, err = filepath.Abs(name); err != nil {
		return "", err
	}
	return filepath.Rel(dir, name)
}

func (d *reader) readIn(root *os.Root, rel string) ([]byte, error) {
	f, err := root.Open(rel)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, errors.New("there is no such file")
		}
		return nil, errors.New("the file cannot be read, or a link leads out of the folder")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	if info.Size() > d.left {
		return nil, errors.New("the files that the document refers to are too large together")
	}
	return io.ReadAll(io.LimitReader(f, d.left))
}
