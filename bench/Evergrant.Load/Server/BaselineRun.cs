using System.Diagnostics;
using System.Net.Sockets;
using Evergrant.Load.Http;
using Evergrant.Load.Measure;
using Evergrant.Load.Scenarios;

namespace Evergrant.Load.Server;

/// <summary>The bare Kestrel endpoint, in a process of its own on the measured core.</summary>
internal sealed class BaselineRun : IAsyncDisposable
{
    private readonly Process process;
    private readonly Uri server;

    private BaselineRun(Process process, Uri server)
    {
        (this.process, this.server) = (process, server);
        Figures = new ProcessFigures(process.Id);
    }

    public ProcessFigures Figures { get; }

    /// <summary>Starts this program once more, as the baseline, with answers of the given sizes.</summary>
    public static async Task<BaselineRun> StartAsync((int Body, int AccessToken, int RefreshToken) sizes)
    {
        var server = new Uri($"http://127.0.0.1:{ServerRun.FreePort()}");
        var process = Core.Start(Environment.ProcessPath!, ["serve-baseline", "--urls", server.GetLeftPart(UriPartial.Authority),
            "--body", sizes.Body.ToString(), "--access-token", sizes.AccessToken.ToString(), "--refresh-token", sizes.RefreshToken.ToString()]);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", server.Port);
                return new BaselineRun(process, server);
            }
            catch (SocketException) when (tries < 500 && !process.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>The same worker as the refresh scenario's, with the same headers and the same check of each answer.</summary>
    public IReadOnlyList<RefreshWorker> Open(int count, Target target, int refreshTokenLength, AccessTokenCheck? check = null) =>
        [.. Enumerable.Range(0, count).Select(_ => new RefreshWorker(server, "/token", target.Authorization, new string('A', refreshTokenLength), check))];

    public async ValueTask DisposeAsync()
    {
        await Core.EndAsync(process);
        process.Dispose();
    }
}
