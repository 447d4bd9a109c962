namespace Evergrant.Load.Http;

/// <summary>The server answered something else than the scenario expects. The message never holds a token.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message);
