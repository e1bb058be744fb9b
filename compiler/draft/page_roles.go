package draft

import (
	"slices"
	"strings"
)

// role is what a parameter, or a member of a reply, can be for in paging.
type role int

// The roles. Those down to sizeRole are of what is sent.
const (
	noRole     role = iota
	cursorRole      // The position, as the provider wrote it.
	numberRole      // The number of a page.
	offsetRole      // How many items were seen.
	afterRole       // A key of the last item that was seen.
	sizeRole        // How many items a page has.
	nextRole        // The position of the next page.
	linkRole        // The address of the next page.
	moreRole        // Whether there are more pages.
	totalRole       // How many items there are.
	pagesRole       // How many pages there are.
	lastRole        // The key of the last item of the page.
)

// telling says how much a name tells about a role: 3 is a name for nothing
// else, 1 one that means many things.
type telling struct {
	role role
	sure int
}

// sentNames are the names of parameters, in small letters without signs. A
// name with several roles is settled by its type and by what comes back.
var sentNames = roleNames(map[telling]string{
	{cursorRole, 3}: `cursor nextcursor pagecursor startcursor startingcursor aftercursor cursorid cursormark pagetoken nextpagetoken
		nexttoken nexttokenid continuationtoken continuation continue marker nextmarker startmarker bookmark scrollid
		skiptoken paginationtoken paginationcursor pagingtoken pagekey nextkey exclusivestartkey lastevaluatedkey ctoken resumetoken
		pagingstate pageid pagestate nextpageid nextid mscontinuation mscontinuationtoken pagemarker startkey pagestart pagingcursor`,
	{cursorRole, 1}: `after next page nextpage offset start from position token startingafter startafter since skip startat`,
	{numberRole, 3}: `pagenumber pagenum pageno currentpage pageindex pagenr pagenumberindex`,
	{numberRole, 2}: `page`,
	{numberRole, 1}: `p pg`,
	{offsetRole, 3}: `offset skip startindex startposition startat startfrom recordoffset startrow startrecord firstresult skipcount
		resultoffset itemoffset startoffset offsetindex firstindex fromindex rowoffset`,
	{offsetRole, 2}: `start`,
	{offsetRole, 1}: `from position`,
	{afterRole, 3}:  `startingafter startafter afterid startafterid lastid lastseenid afterkey lastkey sinceid`,
	{afterRole, 2}:  `after sinceid`,
	{sizeRole, 3}: `perpage pagesize maxresults pagelimit resultsperpage hitsperpage itemsperpage recordsperpage rowsperpage
		maxitems maxpagesize pagelen maxrecords maxentries limitperpage nperpage entriesperpage maxnumberofmessages pagelength
		numresults numberofresults maxcount maxresult`,
	{sizeRole, 2}: `limit size count top take rows max`,
	{sizeRole, 1}: `first num number n length`,
})

// heardNames are the names of members of a reply, likewise.
var heardNames = roleNames(map[telling]string{
	{nextRole, 3}: `nextcursor nextpagetoken nexttoken nextmarker continuationtoken nextcontinuationtoken nextpagecursor endcursor
		nextkey lastevaluatedkey scrollid nextscrollid paginationtoken nextpageid nextstartkey nextskiptoken nextbookmark nextcursormark
		nextoffset nextid nextpagestart nextpagekey cursornext nextstart nextpagemarker nextpageoffset nextposition`,
	{nextRole, 2}: `continue cursor marker bookmark nextpage nextpagenumber pagetoken pagecursor continuation ctoken`,
	{nextRole, 1}: `next after`,
	{linkRole, 3}: `nexturl nextpageurl nextpageuri nexturi nextlink nexthref odatanextlink nextpagelink nextpagehref nextpagepath
		nextpath nextrecordsurl`,
	{linkRole, 1}: `next nextpage`,
	{moreRole, 3}: `hasmore hasnext hasnextpage morepages moreavailable hasmoreitems hasmoreresults istruncated hasadditionalpages
		hasmorepages hasmoredata moreresults moreitems moredata hasmorerecords morerecords`,
	{moreRole, 2}: `more truncated nextpage`,
	{totalRole, 3}: `total totalcount totalresults totalitems totalsize totalelements totalrecords totalhits totalrows totalrowcount
		totalnumber totalentries numfound totalitemscount totalnumberofitems totalresultcount totalrecordcount totalcnt recordcount`,
	{pagesRole, 3}: `totalpages pagecount numpages numberofpages pagestotal totalpagecount pagetotal numberpages`,
	{pagesRole, 2}: `pages lastpage`,
	{lastRole, 3}:  `lastid lastobjectid`,
})

func roleNames(lists map[telling]string) map[string][]telling {
	out := map[string][]telling{}
	for t, names := range lists {
		for _, name := range strings.Fields(names) {
			out[name] = append(out[name], t)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b telling) int { return int(a.role - b.role) })
	}
	return out
}

// neutral are words that may stand in front of the name of a role, and words
// that name the box that such names are kept in.
var neutral = strings.Fields(`page paging pagination pager pageable options opts search criteria query list results result request req x params
	meta metadata links link cursor cursors response info data summary envelope header body next navigation nav context`)

// rolesOf returns what a name can be for. Words in front of it may only say
// that it is about a page: created_after is no position.
func rolesOf(name string, table map[string][]telling) []telling {
	list := words(name)
	for i, w := range list {
		list[i] = strings.ToLower(w)
	}
	for n := range list {
		if n > 0 && !slices.Contains(neutral, list[n-1]) {
			return nil
		}
		if roles := table[strings.Join(list[n:], "")]; roles != nil {
			return roles
		}
	}
	return nil
}

// isBox reports whether a name says that what is in it is about the reply:
// pagination, meta, links.
func isBox(name string) bool {
	for _, w := range words(name) {
		if !slices.Contains(neutral, strings.ToLower(w)) {
			return false
		}
	}
	return true
}
