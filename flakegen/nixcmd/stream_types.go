package nixcmd

// Level is how important a message is, 0 the most.
type Level int

const (
	LevelError Level = iota
	LevelWarn
	LevelNotice
	LevelInfo
	LevelTalkative
	LevelChatty
	LevelDebug
	LevelVomit
)

// ActivityType is what an activity does. A number that is not named here is
// some other Nix's, and is kept.
type ActivityType int

const (
	ActivityUnknown       ActivityType = 0   // text only
	ActivityCopyPath      ActivityType = 100 // path, source, destination
	ActivityFileTransfer  ActivityType = 101 // URI
	ActivityRealise       ActivityType = 102
	ActivityCopyPaths     ActivityType = 103
	ActivityBuilds        ActivityType = 104
	ActivityBuild         ActivityType = 105 // derivation, machine or "", 1, 1
	ActivityOptimiseStore ActivityType = 106
	ActivityVerifyPaths   ActivityType = 107
	ActivitySubstitute    ActivityType = 108 // path, URI
	ActivityQueryPathInfo ActivityType = 109 // path, URI
	ActivityPostBuildHook ActivityType = 110 // derivation
	ActivityBuildWaiting  ActivityType = 111
	ActivityFetchTree     ActivityType = 112 // Nix 2.20 and later
	ActivityFetchToStore  ActivityType = 113 // Nix 2.36 and later
)

func (t ActivityType) known() bool {
	return t == ActivityUnknown || t >= ActivityCopyPath && t <= ActivityFetchToStore
}

// ResultType is what a result tells of its activity. Its numbers overlap those
// of [ActivityType].
type ResultType int

const (
	ResultFileLinked       ResultType = 100
	ResultLogLine          ResultType = 101 // text
	ResultUntrustedPath    ResultType = 102
	ResultCorruptedPath    ResultType = 103
	ResultSetPhase         ResultType = 104 // phase
	ResultProgress         ResultType = 105 // done, expected, running, failed
	ResultSetExpected      ResultType = 106 // activity type, count
	ResultPostBuildLogLine ResultType = 107 // text
	ResultFetchStatus      ResultType = 108
	// Those of Determinate Nix, with a payload instead of fields. Another vendor's
	// may mean something else, so nothing here rests on them.
	ResultHashMismatch ResultType = 109
	ResultBuildResult  ResultType = 110
)

func (t ResultType) known() bool {
	return t >= ResultFileLinked && t <= ResultBuildResult
}
