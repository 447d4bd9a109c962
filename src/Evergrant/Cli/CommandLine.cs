using System.CommandLine;
using System.CommandLine.Invocation;
using Evergrant.Declared;
using Evergrant.Hosting;
using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>All commands on one screen.</summary>
internal static class CommandLine
{
    /// <summary>The data folder of the server that is meant.</summary>
    public static readonly Option<string?> Data = new("--data") { Description = "Data folder of the server", HelpName = "FOLDER", Recursive = true };

    /// <summary>The settings of the server that is meant.</summary>
    public static readonly Option<string?> Config = new("--config") { Description = "Settings of the server (evergrant.json)", HelpName = "FILE", Recursive = true };

    /// <summary>Whether output is for programs.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Write JSON for programs" };

    /// <summary>The issuer that is meant.</summary>
    public static readonly Option<string?> Issuer = new("--issuer") { Description = "Issuer; the server's first when left out", HelpName = "URL" };

    /// <summary>The commands as a person or a script gives them.</summary>
    public static RootCommand ForProcess(Execution execution)
    {
        RootCommand root = ForServer(execution);
        root.Add(Serve.Command());
        root.Add(Start.Command());
        root.Add(Init.Command());
        root.Add(MigrateStore.Command());
        root.Add(ManualPages.Command());
        return root;
    }

    /// <summary>The commands that a running server can be asked to carry out.</summary>
    public static RootCommand ForServer(Execution execution) => new("Evergrant: an OAuth 2.0 and OpenID Connect authorization server")
    {
        Data, Config,
        Doctor.Command(execution),
        Group("client", "Clients", ClientAdd.Command(execution), ClientList.Command(execution), ClientShow.Command(execution), ClientRotateSecret.Command(execution), ClientRemove.Command(execution)),
        Group("registration", "Clients that register themselves", RegistrationToken.Command(execution)),
        Group("user", "Accounts of people", UserAdd.Command(execution), UserList.Command(execution), UserSetPassword.Command(execution), UserDisable.Command(execution), UserEnable.Command(execution), UserSignOut.Command(execution), UserRemove.Command(execution)),
        Group("key", "Signing keys and root keys", KeyList.Command(execution), KeyRotate.Command(execution), KeyWithdraw.Command(execution), KeyRotateRoot.Command(execution), KeyRewrap.Command(execution), KeyDropRoot.Command(execution)),
        Group("grant", "Grants: who allowed which client what", GrantList.Command(execution), GrantShow.Command(execution), GrantRevoke.Command(execution)),
        GrantTypeList.Command(execution),
        Group("policy", "Token policies: how long tokens live and what happens to them", PolicyList.Command(execution), PolicyShow.Command(execution), PolicyExplain.Command(execution)),
        Group("clock", "The server's time", ClockShow.Command(execution), ClockAdvance.Command(execution)),
        Explain.Command(execution),
        Audit.Command(execution),
        Backup.Command(execution),
        Apply.Command(execution),
    };

    /// <summary>Parses and runs. What goes wrong is said in words; only a fault of the program itself is shown as the exception it is.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> arguments, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        configuration.EnableDefaultExceptionHandler = false;
        configuration.ProcessTerminationTimeout = null;
        TextWriter error = configuration.Error;
        ParseResult parse = root.Parse(arguments);
        if (parse.Action is ParseErrorAction)
        {
            foreach (System.CommandLine.Parsing.ParseError fault in parse.Errors) await error.WriteLineAsync("evergrant: " + fault.Message);
            await error.WriteLineAsync("evergrant: --help shows what can be said");
            return ExitCode.Unusable;
        }
        try
        {
            return await parse.InvokeAsync(configuration, cancellationToken);
        }
        catch (UnusableException e)
        {
            await error.WriteLineAsync("evergrant: " + e.Message);
            return ExitCode.Unusable;
        }
        catch (Exception e) when (e is Sqlite.StoreOpenException or Postgres.StoreOpenException or StoreUnavailableException or ChangedMeanwhileException)
        {
            await error.WriteLineAsync("evergrant: " + e.Message);
            return ExitCode.StoreUnavailable;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("evergrant: broken off");
            return ExitCode.Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync("evergrant: " + e.Message);
            return ExitCode.Refused;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync("evergrant: this is a fault of the program; please report it.\n" + e);
            return ExitCode.ProgramFault;
        }
    }

    private static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (Command command in commands) group.Add(command);
        return group;
    }
}
