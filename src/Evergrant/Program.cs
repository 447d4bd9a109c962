using System.CommandLine;
using Evergrant.Cli;

// Cli/CommandLine.cs shows every command on one screen; Hosting/HttpServer.cs is the server.
var execution = new LocalExecution(args);
return await CommandLine.RunAsync(CommandLine.ForProcess(execution), args, new InvocationConfiguration(), CancellationToken.None);
