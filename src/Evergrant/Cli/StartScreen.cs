using Evergrant.Hosting;

namespace Evergrant.Cli;

/// <summary>What development mode says when it listens: everything that is needed, on one screen.</summary>
internal static class StartScreen
{
    /// <summary>Writes the screen.</summary>
    public static void Write(TextWriter output, DevelopmentFile file, string folder, bool colour)
    {
        string data = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder) is { Length: > 0 } relative && relative.Length < folder.Length ? relative : folder;
        // In the source tree and beside the published program it is called by its path.
        string command = File.Exists("evergrant") ? "./evergrant" : "evergrant";
        (string bold, string dim, string plain) = colour ? ("\e[1m", "\e[2m", "\e[0m") : ("", "", "");
        output.WriteLine($"""

              {bold}Evergrant{plain} is listening {dim}(development mode: never put it on a network){plain}

              Playground   {bold}{file.Issuer}/playground{plain}
              Issuer       {file.Issuer}
              Discovery    {file.Issuer}/.well-known/openid-configuration

              Sign in      {bold}{DemoState.User}{plain} / {bold}{file.Password}{plain}
              Operator     {DemoState.Operator} / {file.OperatorPassword}   {dim}{file.Issuer}/admin/explain{plain}

              Clients      {DemoState.WebClient}      {file.WebSecret}
                           {DemoState.NativeClient}   public, with PKCE

              For scripts  {Path.Combine(data, DevelopmentFile.FileName)}
              More         {command} user add alice --data {data}
                           {command} explain 7F3K-9Q2M --data {data}   {dim}(the reference of a refusal){plain}
                           Ctrl-C stops; what was made stays in {data}

            """);
    }
}
