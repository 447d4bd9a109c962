using System.Threading.Channels;
using Evergrant.Protocol;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;

namespace Evergrant.Accounts;

/// <summary>Writes failures down after the answer has gone, so that the answer takes the same time whether or not the name has an account.</summary>
/// <remarks>What does not fit in the queue or the rate is not written; the limits in memory have counted it all the same.</remarks>
internal sealed partial class FailedSignIns(IAccountStore accounts, IGrantStore grants, TimeProvider time, ILogger<FailedSignIns> log) : BackgroundService
{
    /// <summary>Events written in a minute at most.</summary>
    public const int EventsPerMinute = 120;

    /// <summary>The rule for names: the fifth failure in a row blocks for a minute, each further one twice as long, never more than a quarter of an hour.</summary>
    public static FailureLimit LimitOfNames() => new(5, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15), TimeSpan.FromHours(24));

    private readonly FailureLimit _rule = LimitOfNames();
    private readonly Channel<Failure> _queue = Channel.CreateBounded<Failure>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private DateTimeOffset _minute;
    private int _inMinute;

    /// <summary>Takes note; never waits.</summary>
    public void Note(Failure failure) => _queue.Writer.TryWrite(failure);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (Failure failure in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (failure is { AccountId: { } id, Counts: true }) await CountAsync(id, failure.At, stoppingToken);
                if (MayRecord(failure.At)) await grants.RecordAsync(EventOf(failure), stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                NotWritten(log, failure.Reference, e);
            }
        }
    }

    private async ValueTask CountAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < 3; attempt++)
        {
            if (await accounts.FindAccountAsync(id, cancellationToken) is not { } account) return;
            int failures = account.AccessFailedCount + 1;
            TimeSpan block = _rule.BlockAfter(failures);
            Account counted = account with { AccessFailedCount = failures, LockoutEnd = block > TimeSpan.Zero ? at + block : account.LockoutEnd };
            if (await accounts.UpdateAccountAsync(counted, cancellationToken) != CommitResult.Conflict) return;
        }
    }

    private bool MayRecord(DateTimeOffset at)
    {
        if ((at - _minute).Duration() >= TimeSpan.FromMinutes(1)) (_minute, _inMinute) = (time.GetUtcNow(), 0);
        return ++_inMinute <= EventsPerMinute;
    }

    private static EventRecord EventOf(Failure failure) => new()
    {
        Reference = failure.Reference, At = failure.At, Decision = "SignInFailed", Refusal = failure.Why.ToString(), Endpoint = "SignIn", Subject = failure.AccountId,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The failed sign-in {Reference} could not be written down")]
    private static partial void NotWritten(ILogger logger, string reference, Exception exception);

    /// <summary>A failure to write down.</summary>
    /// <param name="AccountId">Whose name was used; null when nobody has it.</param>
    /// <param name="Counts">Whether it counts towards a lockout of the account.</param>
    internal sealed record Failure(string? AccountId, Refusal Why, bool Counts, string Reference, DateTimeOffset At);
}
