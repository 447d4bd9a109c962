namespace Evergrant.AspNetCore.Explain;

/// <summary>What an operator is told about a refusal, a token or a grant. It holds no secret.</summary>
/// <param name="Title">One line.</param>
/// <param name="Facts">What is known, in order.</param>
/// <param name="Story">The grant's life, oldest first; empty without a grant.</param>
/// <param name="Rule">The rule that decided and where it stands.</param>
/// <param name="Advice">What the client or the operator should do now.</param>
public sealed record Explanation(string Title, IReadOnlyList<(string Label, string Text)> Facts, IReadOnlyList<ExplanationStep> Story, string Rule, string Advice);

/// <summary>One step of a grant's life.</summary>
/// <param name="At">When.</param>
/// <param name="What">Name of the decision or of the state.</param>
/// <param name="Detail">In words.</param>
public sealed record ExplanationStep(DateTimeOffset At, string What, string Detail);
