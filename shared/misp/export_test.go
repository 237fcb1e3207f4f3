package misp

// ReadContext is for tests.
var ReadContext = readContext
