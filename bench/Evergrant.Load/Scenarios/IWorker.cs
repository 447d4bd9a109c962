namespace Evergrant.Load.Scenarios;

/// <summary>One closed loop: sends the next request when the last one has been answered and checked.</summary>
internal interface IWorker : IDisposable
{
    /// <summary>One step of the scenario (a request, or a whole flow), its answer checked.</summary>
    /// <exception cref="Http.WrongAnswerException">The answer is not what the scenario expects.</exception>
    ValueTask StepAsync();
}
