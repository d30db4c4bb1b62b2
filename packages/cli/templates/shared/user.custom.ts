const user: User = { id: '1', email: 'ann@example.com', name: 'Ann', role: 'user' }
