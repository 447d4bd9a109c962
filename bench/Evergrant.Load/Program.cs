using System.CommandLine;
using Evergrant.Load.Baseline;
using Evergrant.Load.Commands;

var urls = new Option<string>("--urls") { Required = true };
var body = new Option<int>("--body") { Description = "Bytes of an answer", DefaultValueFactory = _ => 900 };
var accessToken = new Option<int>("--access-token") { Description = "Characters of the access token", DefaultValueFactory = _ => 640 };
var refreshToken = new Option<int>("--refresh-token") { Description = "Characters of the refresh token", DefaultValueFactory = _ => 80 };
var baseline = new Command("serve-baseline", "The bare Kestrel endpoint: reads the form, signs one ES256 JWT, answers JSON") { urls, body, accessToken, refreshToken };
baseline.SetAction((arguments, cancellation) => BaselineServer.RunAsync(
    arguments.GetRequiredValue(urls),
    new BaselineSigner(arguments.GetValue(body), arguments.GetValue(accessToken), arguments.GetValue(refreshToken)),
    cancellation));

return await new RootCommand("Load on the Evergrant server, on the loopback interface only; every answer is checked")
{
    CompareCommand.Create(), AgainstCommand.Create(), ScenariosCommand.Create(), NodesCommand.Create(), GrownCommand.Create(), MillionCommand.Create(), StartCommand.Create(), ProfileCommand.Create(), baseline,
}.Parse(args).InvokeAsync();
