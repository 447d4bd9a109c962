namespace Evergrant.Declared;

/// <summary>Somebody else, another node that starts too for instance, has changed a thing since it was compared with what is declared. Compared again, it may be as declared already.</summary>
/// <param name="name">Name of the thing.</param>
internal sealed class ChangedMeanwhileException(string name) : Exception($"{name} was changed meanwhile; apply again.");
