// Sums up the results of all suites, writes or checks docs/specs.md, and prints the total as its last line.
// Called by ./test; see CONTRIBUTING.md.
using Evergrant.Reports;

return new Report(Arguments.Parse(args)).Run();
